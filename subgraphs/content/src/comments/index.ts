export { createCommentLoaders } from './loaders.ts';
export { resolvers as commentResolvers } from './resolvers.ts';
