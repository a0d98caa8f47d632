import type { NewEvent } from '@civitas/platform/events';
import type { Wallet } from '../wallets/index.ts';

interface PostedTransfer {
  readonly entry: { readonly id: string; readonly occurredAt: Date };
  readonly from: Wallet;
  readonly to: Wallet;
  readonly amountMinor: bigint;
}

/** Money has moved between two people. In order per receiving wallet, whose lock is held. */
export function transferPosted({ entry, from, to, amountMinor }: PostedTransfer): NewEvent {
  return {
    type: 'finance.transfer.posted',
    aggregateId: to.id,
    occurredAt: entry.occurredAt,
    payload: {
      entryId: entry.id,
      fromUserId: from.ownerId,
      toUserId: to.ownerId,
      amountMinor: String(amountMinor),
      currency: from.currency,
    },
  };
}
