import type { SqlRunner } from '@civitas/platform/database';

/** One thing that is wrong with the books. */
export interface LedgerViolation {
  /** The rule that is broken, e.g. `balance-is-sum-of-postings`. */
  readonly rule: string;
  /** The row that breaks it. */
  readonly subject: string;
  readonly detail: string;
}

/**
 * Audits the whole ledger and answers what is wrong with it: nothing, ever. The rules are the view
 * `ledger_violation`, so an accountant with psql has them too. Reads every posting.
 */
export function verifyLedger(sql: SqlRunner): PromiseLike<LedgerViolation[]> {
  return sql.$queryRaw<LedgerViolation[]>`SELECT rule, subject, detail FROM ledger_violation`;
}
