import { appendEvents } from '@civitas/platform/events';
import { changeInTransaction } from '@civitas/platform/loaders';
import { requireUser, type UserViewer } from '@civitas/platform/subgraph';
import { idOf, parseInput, positiveMinorAmount, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { FinanceContext, FinanceTransaction } from '../context.ts';
import { type ClaimedEntry, claimEntry, idempotencyKey } from '../ledger/index.ts';
import { requireProof } from '../payment-proof/index.ts';
import { payFromWallet, requireOwnWallet, type Wallet } from '../wallets/index.ts';
import type { Donation } from './donation.ts';
import { donationPosted } from './events.ts';
import { lockDonationWallets } from './lock-donation-wallets.ts';
import { fetchDonationOfEntry } from './queries.ts';
import { recordDonation } from './record-donation.ts';

const donateInput = z.object({
  familyId: idOf('usr'),
  fromWalletId: idOf('wal'),
  amountMinor: positiveMinorAmount,
  anonymous: z.boolean(),
  idempotencyKey,
  message: text({ max: 500 }).nullish(),
});

type DonationRequest = z.output<typeof donateInput>;

/**
 * Gives money to a family, once per key of the viewer, and counts it in the family's total; emits
 * `finance.donation.posted`.
 *
 * One transaction, READ COMMITTED: the key is claimed first and both wallets are locked in id order
 * before anything is read that decides, so nothing that decides can change.
 *
 * @throws CivitasError `UNAUTHENTICATED`; UserFailure for every failure of `DonateResult`.
 */
export async function donate(
  ctx: FinanceContext,
  input: unknown,
): Promise<{ donation: Donation; wallet: Wallet }> {
  const viewer = requireUser(ctx);
  const request = parseInput(donateInput, input);
  const { familyId, fromWalletId, amountMinor, anonymous, message = null } = request;
  const change = async (tx: FinanceTransaction) => {
    const entry = await claimEntry(tx, {
      kind: 'DONATION',
      initiator: viewer.id,
      idempotencyKey: request.idempotencyKey,
      request: [familyId, fromWalletId, String(amountMinor), String(anonymous), message],
      description: message,
      occurredAt: ctx.now(),
      postingCount: 2,
    });
    if (entry.isNew) await post(ctx, tx, viewer, { ...request, entry });
    const donation = await fetchDonationOfEntry(tx, entry.id);
    const wallet = await tx.account.findUnique({ where: { id: fromWalletId } });
    return { donation, wallet: requireOwnWallet(viewer, wallet) };
  };
  return changeInTransaction(ctx, change, 'ReadCommitted');
}

async function post(
  ctx: FinanceContext,
  tx: FinanceTransaction,
  viewer: UserViewer,
  { entry, ...request }: DonationRequest & { readonly entry: ClaimedEntry },
): Promise<void> {
  const { amountMinor, anonymous } = request;
  const { from, to } = await lockDonationWallets(tx, viewer, request);
  await requireProof(ctx, tx, viewer, { from, amountMinor });
  await payFromWallet(tx, { entryId: entry.id, from, to, amountMinor });
  const donation = await recordDonation(tx, {
    entryId: entry.id,
    donorId: from.ownerId,
    familyId: to.ownerId,
    currency: from.currency,
    amountMinor,
    anonymous,
    donatedAt: entry.occurredAt,
  });
  await appendEvents(tx, [donationPosted(donation, to.id)]);
}
