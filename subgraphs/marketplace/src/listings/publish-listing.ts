import { appendEvents } from '@civitas/platform/events';
import { newId } from '@civitas/platform/ids';
import { changeInTransaction } from '@civitas/platform/loaders';
import { requireUser } from '@civitas/platform/subgraph';
import { parseInput } from '@civitas/platform/validation';
import type { MarketplaceContext } from '../context.ts';
import type { Listing } from '../generated/prisma/client.ts';
import { listingPublished } from './events.ts';
import { publishListingInput } from './listing-input.ts';

/**
 * Offers something of the viewer for sale and opens its stock, in one transaction; emits
 * `marketplace.listing.published`.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 * @throws UserFailure `InvalidInput`.
 */
export async function publishListing(
  ctx: MarketplaceContext,
  input: unknown,
): Promise<{ listing: Listing }> {
  const viewer = requireUser(ctx);
  const { price, initialStock, ...offer } = parseInput(publishListingInput, input);
  const now = ctx.now();
  const listing = await changeInTransaction(ctx, async (tx) => {
    const published = await tx.listing.create({
      data: {
        id: newId('lst'),
        merchantId: viewer.id,
        ...offer,
        priceMinor: price.amountMinor,
        currency: price.currency,
        createdAt: now,
        stock: { create: { onHand: initialStock, ...openingMovement(initialStock, now) } },
      },
    });
    await appendEvents(tx, [listingPublished(published)]);
    return published;
  });
  return { listing };
}

/** A stock that opens empty has no first movement: a movement is never of nothing. */
function openingMovement(quantity: number, occurredAt: Date) {
  if (quantity === 0) return {};
  const reason = 'OPENING' as const;
  return {
    movements: { create: { delta: quantity, onHandAfter: quantity, reason, occurredAt } },
  };
}
