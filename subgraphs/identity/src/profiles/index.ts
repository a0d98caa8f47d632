export { handleTaken } from './change-handle.ts';
export { claimHandle } from './claim-handle.ts';
export { handle, isReservedHandle } from './handle.ts';
export { resolvers as profileResolvers } from './resolvers.ts';
