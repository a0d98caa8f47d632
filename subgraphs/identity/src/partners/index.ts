export { createPartnerLoaders } from './loaders.ts';
export { resolvers as partnerResolvers } from './resolvers.ts';
