export { createPeopleLoaders } from './loaders.ts';
export { resolvers as peopleResolvers } from './resolvers.ts';
