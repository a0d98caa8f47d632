import { UserFailure } from '@civitas/platform/errors';
import { appendEvents } from '@civitas/platform/events';
import { changeInTransaction } from '@civitas/platform/loaders';
import { requireUser, type UserViewer } from '@civitas/platform/subgraph';
import { idOf, parseInput, positiveMinorAmount, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { FinanceContext, FinanceTransaction } from '../context.ts';
import { type ClaimedEntry, claimEntry, idempotencyKey, lockAccounts } from '../ledger/index.ts';
import { requireProof } from '../payment-proof/index.ts';
import {
  fetchLineOfEntry,
  isWallet,
  payFromWallet,
  requireOwnWallet,
  type StatementLine,
  type Wallet,
} from '../wallets/index.ts';
import { transferPosted } from './events.ts';

const transferInput = z.object({
  fromWalletId: idOf('wal'),
  toWalletId: idOf('wal'),
  amountMinor: positiveMinorAmount,
  idempotencyKey,
  note: text({ max: 500 }).nullish(),
});

type Transfer = z.output<typeof transferInput>;

/**
 * Moves money between two wallets of one currency, once per key of the viewer; emits
 * `finance.transfer.posted`.
 *
 * One transaction, READ COMMITTED: the key is claimed first and both wallets are locked in id order
 * before anything is read that decides, so nothing that decides can change.
 *
 * @throws CivitasError `UNAUTHENTICATED`; UserFailure for every failure of `TransferResult`.
 */
export async function transfer(
  ctx: FinanceContext,
  input: unknown,
): Promise<{ line: StatementLine; wallet: Wallet }> {
  const viewer = requireUser(ctx);
  const request = parseInput(transferInput, input);
  const { fromWalletId, toWalletId, amountMinor } = request;
  if (fromWalletId === toWalletId) {
    throw new UserFailure('SameWallet', 'These are the same wallet.', ['input', 'toWalletId']);
  }
  const change = async (tx: FinanceTransaction) => {
    const entry = await claimEntry(tx, {
      kind: 'TRANSFER',
      initiator: viewer.id,
      idempotencyKey: request.idempotencyKey,
      request: [fromWalletId, toWalletId, String(amountMinor), request.note ?? null],
      description: request.note ?? null,
      occurredAt: ctx.now(),
      postingCount: 2,
    });
    if (entry.isNew) await post(ctx, tx, viewer, { ...request, entry });
    const line = await fetchLineOfEntry(tx, entry.id, fromWalletId);
    const wallet = await tx.account.findUnique({ where: { id: fromWalletId } });
    return { line, wallet: requireOwnWallet(viewer, wallet) };
  };
  return changeInTransaction(ctx, change, 'ReadCommitted');
}

async function post(
  ctx: FinanceContext,
  tx: FinanceTransaction,
  viewer: UserViewer,
  { entry, fromWalletId, toWalletId, amountMinor }: Transfer & { readonly entry: ClaimedEntry },
): Promise<void> {
  const accounts = await lockAccounts(tx, [fromWalletId, toWalletId]);
  const from = requireOwnWallet(viewer, accounts.get(fromWalletId));
  const to = accounts.get(toWalletId);
  if (!isWallet(to)) {
    throw new UserFailure('WalletNotFound', 'There is no such wallet.', ['input', 'toWalletId']);
  }
  await requireProof(ctx, tx, viewer, { from, amountMinor });
  await payFromWallet(tx, { entryId: entry.id, from, to, amountMinor });
  await appendEvents(tx, [transferPosted({ entry, from, to, amountMinor })]);
}
