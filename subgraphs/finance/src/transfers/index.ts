export { resolvers as transferResolvers } from './resolvers.ts';
