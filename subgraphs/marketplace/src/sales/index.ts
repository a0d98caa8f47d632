export { createSalesLoaders } from './loaders.ts';
export { resolvers as salesResolvers } from './resolvers.ts';
