import { newId } from '@civitas/platform/ids';
import type { FinanceDatabase, FinanceTransaction } from '../context.ts';
import type { Account, Currency } from '../generated/prisma/client.ts';
import { claimEntry } from './claim-entry.ts';
import { lockAccounts } from './lock-accounts.ts';
import { writePostings } from './write-postings.ts';

interface Funding {
  readonly walletId: string;
  /** In the wallet's minor unit, more than zero. */
  readonly amountMinor: bigint;
  /** The outside's name for this payment; a second funding with it is the same funding. */
  readonly reference: string;
  readonly occurredAt: Date;
}

/**
 * Credits a wallet with money that came from outside, against the platform's `EXTERNAL_FUNDING`
 * account of its currency, once per reference. Not reachable by clients: whoever calls it answers
 * for the money being there. One transaction, READ COMMITTED with row locks.
 *
 * @throws RangeError unless the amount is positive, Error when there is no such wallet, UserFailure
 * `IdempotencyKeyReused` when the reference was used for another funding.
 */
export async function fundFromOutside(
  db: FinanceDatabase,
  { walletId, amountMinor, reference, occurredAt }: Funding,
): Promise<{ readonly entryId: string }> {
  if (amountMinor <= 0n) throw new RangeError(`Funding must be positive, not ${amountMinor}.`);
  return db.inTransaction(async (tx) => {
    const entry = await claimEntry(tx, {
      kind: 'FUNDING',
      initiator: 'system',
      idempotencyKey: reference,
      request: [walletId, String(amountMinor)],
      description: reference,
      occurredAt,
      postingCount: 2,
    });
    if (entry.isNew) {
      const wallet = await tx.account.findUniqueOrThrow({
        where: { id: walletId, kind: 'WALLET' },
      });
      const source = await externalFunding(tx, wallet.currency, occurredAt);
      await lockAccounts(tx, [wallet.id, source.id]);
      await writePostings(tx, entry.id, [
        { accountId: source.id, amountMinor: -amountMinor },
        { accountId: wallet.id, amountMinor },
      ]);
    }
    return { entryId: entry.id };
  }, 'ReadCommitted');
}

/** The first funding in a currency opens its account; a rival's insert is waited for. */
async function externalFunding(
  tx: FinanceTransaction,
  currency: Currency,
  openedAt: Date,
): Promise<Account> {
  const kind = 'EXTERNAL_FUNDING' as const;
  const known = await tx.account.findFirst({ where: { kind, currency } });
  if (known) return known;
  await tx.account.createMany({
    data: [{ id: newId('acc'), kind, normalBalance: 'DEBIT', currency, openedAt }],
    skipDuplicates: true,
  });
  return tx.account.findFirstOrThrow({ where: { kind, currency } });
}
