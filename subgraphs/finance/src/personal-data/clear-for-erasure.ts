import { appendEvents, type EventHandler } from '@civitas/platform/events';
import { formatMoney, money } from '@civitas/platform/money';
import { z } from 'zod';
import type { FinanceTransaction } from '../context.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { lockAccounts } from '../ledger/index.ts';

const erasureRequested = z.object({
  requestId: z.string(),
  userId: z.string(),
  attempt: z.int().min(1),
});

/**
 * Finance decides whether somebody may leave: not with money in a wallet, which would be nobody's.
 * When they may, they are closed in the same transaction, under the locks of their wallets, so that no
 * money comes in afterwards. To be asked again gives the same answer, or a newer one.
 */
export function erasureHandlers(
  now: () => Date,
): Readonly<Record<string, EventHandler<PrismaClient>>> {
  return {
    'identity.erasure.requested': async (tx, event) => {
      const request = erasureRequested.parse(event.payload);
      const balances = await lockedBalances(tx, request.userId);
      if (balances.length === 0) {
        await tx.party.updateMany({
          where: { id: request.userId, closedAt: null },
          data: { closedAt: now() },
        });
      }
      const refusal = { code: 'WALLET_NOT_EMPTY', reason: `Wallets hold ${balances.join(', ')}.` };
      await appendEvents(tx, [
        {
          type: balances.length === 0 ? 'finance.erasure.cleared' : 'finance.erasure.refused',
          aggregateId: `${request.requestId}.${request.attempt}`,
          occurredAt: now(),
          payload: { ...request, ...(balances.length > 0 && refusal) },
        },
      ]);
    },
  };
}

async function lockedBalances(tx: FinanceTransaction, ownerId: string): Promise<string[]> {
  const wallets = await tx.account.findMany({ where: { ownerId }, select: { id: true } });
  const locked = await lockAccounts(
    tx,
    wallets.map(({ id }) => id),
  );
  return [...locked.values()]
    .filter(({ balanceMinor }) => balanceMinor !== 0n)
    .map(({ balanceMinor, currency }) => formatMoney(money(balanceMinor, currency)));
}
