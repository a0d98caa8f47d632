export { createReactionLoaders } from './loaders.ts';
export { resolvers as reactionResolvers } from './resolvers.ts';
