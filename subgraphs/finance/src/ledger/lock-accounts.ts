import type { FinanceTransaction } from '../context.ts';
import type { Account } from '../generated/prisma/client.ts';

/**
 * Locks accounts until the transaction ends, always in id order, so that opposite movements wait for
 * each other instead of deadlocking. What it answers is current: nobody moves it meanwhile.
 *
 * @returns by id; without those that do not exist.
 */
export async function lockAccounts(
  tx: FinanceTransaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Account>> {
  const accounts = await tx.$queryRaw<Account[]>`
    SELECT id, kind, normal_balance AS "normalBalance", currency, owner_id AS "ownerId",
           balance_minor AS "balanceMinor", posting_count AS "postingCount", opened_at AS "openedAt"
    FROM account WHERE id = ANY (${ids}::text[])
    ORDER BY id FOR NO KEY UPDATE`;
  return new Map(accounts.map((account) => [account.id, account]));
}
