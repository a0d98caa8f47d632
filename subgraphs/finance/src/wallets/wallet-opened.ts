import type { NewEvent } from '@civitas/platform/events';
import type { Wallet } from './wallet.ts';

/** Somebody can keep and be paid money in a currency. */
export function walletOpened(wallet: Wallet): NewEvent {
  const { id, ownerId, currency, openedAt } = wallet;
  return {
    type: 'finance.wallet.opened',
    aggregateId: id,
    occurredAt: openedAt,
    payload: { walletId: id, ownerId, currency },
  };
}
