export { resolvers as credentialResolvers } from './resolvers.ts';
