export { createMembershipLoaders } from './loaders.ts';
export { resolvers as membershipResolvers } from './resolvers.ts';
export { assertMayModerate } from './role.ts';
