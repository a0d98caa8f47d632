export { createRevisionLoaders } from './loaders.ts';
export { resolvers as revisionResolvers } from './resolvers.ts';
