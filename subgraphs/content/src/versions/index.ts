export { createVersionLoaders } from './loaders.ts';
export { resolvers as versionResolvers } from './resolvers.ts';
