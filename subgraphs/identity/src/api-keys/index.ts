export { resolvers as apiKeyResolvers } from './resolvers.ts';
