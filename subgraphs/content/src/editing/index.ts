export { createEditing, type Editing } from './editing.ts';
export type { EditsEvent } from './edits-event.ts';
export type { Presence } from './presence.ts';
export { resolvers as editingResolvers } from './resolvers.ts';
export { type Restart, restartDocument } from './restart-document.ts';
export { type Rewrite, rewriteDocument } from './rewrite.ts';
export { readTexts, writersOf } from './stored-document.ts';
export { newDocument } from './text-document.ts';
