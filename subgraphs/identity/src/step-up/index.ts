export { resolvers as stepUpResolvers } from './resolvers.ts';
