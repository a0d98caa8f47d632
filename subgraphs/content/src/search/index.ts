export { resolvers as searchResolvers } from './resolvers.ts';
export type { FoundText } from './service.ts';
