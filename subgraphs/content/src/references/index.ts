export { insertReferences, keepReferences, referenceRows } from './keep-references.ts';
export { createReferenceLoaders } from './loaders.ts';
export { resolvers as referenceResolvers } from './resolvers.ts';
export type { ResolvedReference } from './service.ts';
