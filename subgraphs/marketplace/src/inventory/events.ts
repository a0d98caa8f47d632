import type { NewEvent } from '@civitas/platform/events';
import type { Stock, StockMovement } from '../generated/prisma/client.ts';

/** A merchant has changed by hand how many of a listing there are. */
export function stockAdjusted({ onHand, reserved }: Stock, movement: StockMovement): NewEvent {
  return {
    type: 'marketplace.stock.adjusted',
    aggregateId: movement.listingId,
    occurredAt: movement.occurredAt,
    payload: {
      listingId: movement.listingId,
      delta: movement.delta,
      reason: movement.reason,
      available: onHand - reserved,
    },
  };
}
