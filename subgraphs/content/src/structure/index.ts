export { createStructureLoaders } from './loaders.ts';
export { resolvers as structureResolvers } from './resolvers.ts';
