export { createEncounterLoaders } from './loaders.ts';
export { resolvers as encounterResolvers } from './resolvers.ts';
