import { appendEvents } from '@civitas/platform/events';
import { newId } from '@civitas/platform/ids';
import { changeInTransaction } from '@civitas/platform/loaders';
import { currencies } from '@civitas/platform/money';
import { requireUser } from '@civitas/platform/subgraph';
import { parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { FinanceContext, FinanceTransaction } from '../context.ts';
import type { Currency } from '../generated/prisma/client.ts';
import { type NewParty, registerParty } from '../parties/index.ts';
import { isWallet, type Wallet } from './wallet.ts';
import { walletOpened } from './wallet-opened.ts';

const walletInput = z.object({ currency: z.enum(currencies) });

/**
 * Opens a wallet of the viewer, or answers the one that is there.
 *
 * @throws CivitasError `UNAUTHENTICATED`; UserFailure `InvalidInput`.
 */
export async function openWallet(ctx: FinanceContext, input: unknown): Promise<{ wallet: Wallet }> {
  const { id, kind } = requireUser(ctx);
  const { currency } = parseInput(walletInput, input);
  const now = ctx.now();
  // Somebody who has just registered may be quicker than the event that tells of them.
  const owner = { id, kind, registeredAt: now };
  const wallet = await changeInTransaction(ctx, (tx) => ensureWallet(tx, owner, currency, now));
  return { wallet };
}

/**
 * One per owner and currency, also when two ask at once: the second waits, and finds it. A new one emits
 * `finance.wallet.opened`.
 */
export async function ensureWallet(
  tx: FinanceTransaction,
  owner: NewParty,
  currency: Currency,
  openedAt: Date,
): Promise<Wallet> {
  await registerParty(tx, owner);
  const opened = await tx.account.createMany({
    data: [
      {
        id: newId('wal'),
        kind: 'WALLET',
        normalBalance: 'CREDIT',
        currency,
        ownerId: owner.id,
        openedAt,
      },
    ],
    skipDuplicates: true,
  });
  const account = await tx.account.findUnique({
    where: { ownerId_currency: { ownerId: owner.id, currency } },
  });
  if (!isWallet(account)) throw new Error(`No wallet of ${owner.id} in ${currency}.`);
  if (opened.count > 0) await appendEvents(tx, [walletOpened(account)]);
  return account;
}
