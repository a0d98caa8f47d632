import type { FinanceTransaction } from '../context.ts';

/** One side of an entry: credits are positive, debits negative. */
export interface Leg {
  readonly accountId: string;
  readonly amountMinor: bigint;
}

/**
 * Writes the postings of a claimed entry, in one statement, onto accounts that the transaction has
 * locked (`lockAccounts`). The database carries them into the balances and refuses, now or at
 * COMMIT, whatever would overdraw a wallet or leave the entry unbalanced.
 */
export async function writePostings(
  tx: FinanceTransaction,
  entryId: string,
  legs: readonly Leg[],
): Promise<void> {
  const accountIds = legs.map(({ accountId }) => accountId);
  const amounts = legs.map(({ amountMinor }) => String(amountMinor));
  await tx.$executeRaw`
    INSERT INTO posting (account_id, sequence, entry_id, currency, amount_minor, balance_after)
    SELECT account.id, account.posting_count + 1, ${entryId}, account.currency,
           leg.amount_minor, account.balance_minor + leg.amount_minor
    FROM unnest(${accountIds}::text[], ${amounts}::bigint[]) AS leg (account_id, amount_minor)
    JOIN account ON account.id = leg.account_id`;
}
