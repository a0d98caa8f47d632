export { decodeMarkdown } from './decode-markdown.ts';
export { IMPORT_LIMITS, type ImportLimits } from './limits.ts';
export { type Outline, type OutlineTopic, parseMarkdownOutline } from './outline.ts';
export { type PreparedSubject, prepareImport } from './prepare-import.ts';
export { resolvers as importResolvers } from './resolvers.ts';
