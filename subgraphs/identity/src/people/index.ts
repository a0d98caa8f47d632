export { existingUser, lockUser } from './existing-user.ts';
export { createPeopleLoaders } from './loaders.ts';
export { resolvers as peopleResolvers } from './resolvers.ts';
export { isVisibleTo } from './visible-fields.ts';
