export { createPasswordHasher, type PasswordHasher } from './password-hasher.ts';
export { resolvers as accountResolvers } from './resolvers.ts';
