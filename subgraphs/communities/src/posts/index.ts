export { postNotFound } from './errors.ts';
export { createPostLoaders } from './loaders.ts';
export { lockPost } from './queries.ts';
export { resolvers as postResolvers } from './resolvers.ts';
export { existingPost } from './service.ts';
export { deletedBy, shownAuthor } from './tombstone.ts';
