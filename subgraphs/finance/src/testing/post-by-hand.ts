import { newId } from '@civitas/platform/ids';
import type { FinanceTransaction } from '../context.ts';
import { claimEntry, type EntryClaim, lockAccounts, writePostings } from '../ledger/index.ts';

/** Whose wallet, and what comes into it. */
type Leg = readonly [{ readonly walletId: string }, bigint];

/** Posts what it is told to, right or wrong, past every service: a transfer of now. Answers its id. */
export async function postByHand(
  tx: FinanceTransaction,
  legs: readonly Leg[],
  differently: Partial<EntryClaim> = {},
): Promise<string> {
  const { id } = await claimEntry(tx, {
    kind: 'TRANSFER',
    initiator: 'test',
    idempotencyKey: newId('key'),
    request: [],
    description: null,
    occurredAt: new Date(),
    postingCount: 2,
    ...differently,
  });
  const postings = legs.map(([{ walletId }, amountMinor]) => ({
    accountId: walletId,
    amountMinor,
  }));
  await lockAccounts(
    tx,
    postings.map(({ accountId }) => accountId),
  );
  await writePostings(tx, id, postings);
  return id;
}
