export { resolvers as renderingResolvers } from './resolvers.ts';
