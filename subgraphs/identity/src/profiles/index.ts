export { badgeNumberIsTaken, badgeNumberTaken } from './badge-number-taken.ts';
export { handleTaken, isHandleTaken } from './change-handle.ts';
export { claimHandle } from './claim-handle.ts';
export {
  donorColumns,
  familyColumns,
  merchantColumns,
  officerColumns,
} from './columns-of-kind.ts';
export { profileChanged } from './events.ts';
export { handle, handleLook, isReservedHandle } from './handle.ts';
export { resolvers as profileResolvers } from './resolvers.ts';
