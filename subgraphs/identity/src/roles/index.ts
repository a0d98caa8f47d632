export { resolvers as roleResolvers } from './resolvers.ts';
