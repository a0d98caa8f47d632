export { claimEntry } from './claim-entry.ts';
export { fundFromOutside } from './fund-from-outside.ts';
export { idempotencyKey } from './idempotency-key.ts';
export { lockAccounts } from './lock-accounts.ts';
export { type LedgerViolation, verifyLedger } from './verify-ledger.ts';
export { writePostings } from './write-postings.ts';
