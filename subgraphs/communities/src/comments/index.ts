export { commentNotFound } from './errors.ts';
export { createCommentLoaders } from './loaders.ts';
export { lockComment } from './queries.ts';
export { resolvers as commentResolvers } from './resolvers.ts';
