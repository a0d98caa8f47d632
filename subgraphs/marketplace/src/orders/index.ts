export { createOrderLoaders } from './loaders.ts';
export { resolvers as orderResolvers } from './resolvers.ts';
