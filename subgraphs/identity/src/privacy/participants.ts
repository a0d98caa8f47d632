/**
 * The subgraphs that hold data of people. A new one belongs here once it handles
 * `identity.data-export.requested` and `identity.user.erased` (see `@civitas/platform/personal-data`):
 * requests wait for every name on this list.
 */
export const PARTICIPANTS = [
  'communities',
  'content',
  'finance',
  'identity',
  'marketplace',
] as const;
