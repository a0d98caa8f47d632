export { createVoteLoaders } from './loaders.ts';
export { resolvers as voteResolvers } from './resolvers.ts';
