export { email } from './email.ts';
export { resolvers as accountResolvers } from './resolvers.ts';
