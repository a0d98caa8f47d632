export { type ClaimedEntry, claimEntry, type EntryClaim } from './claim-entry.ts';
export { fundFromOutside } from './fund-from-outside.ts';
export { idempotencyKey } from './idempotency-key.ts';
export { lockAccounts } from './lock-accounts.ts';
export { writePostings } from './write-postings.ts';
