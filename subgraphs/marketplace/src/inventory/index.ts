export { createInventoryLoaders } from './loaders.ts';
export { resolvers as inventoryResolvers } from './resolvers.ts';
