export { communityNotFound } from './errors.ts';
export { createCommunityLoaders } from './loaders.ts';
export { communityColumns } from './queries.ts';
export { resolvers as communityResolvers } from './resolvers.ts';
export { existingCommunity } from './service.ts';
