export { createCollaborationLoaders } from './loaders.ts';
export { resolvers as collaborationResolvers } from './resolvers.ts';
