import { appendEvents } from '@civitas/platform/events';
import { changeInTransaction } from '@civitas/platform/loaders';
import { requireUser } from '@civitas/platform/subgraph';
import { parseInput } from '@civitas/platform/validation';
import type { MarketplaceContext } from '../context.ts';
import type { Listing } from '../generated/prisma/client.ts';
import { listingPriceChanged } from './events.ts';
import { changePriceInput } from './listing-input.ts';
import { findOwnListing } from './own-listing.ts';

/**
 * Changes the price of a listing of the viewer, in its own currency; emits
 * `marketplace.listing.price-changed`. The price it has already changes nothing and emits nothing.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput`, `ListingNotFound`.
 */
export async function changeListingPrice(
  ctx: MarketplaceContext,
  input: unknown,
): Promise<{ listing: Listing }> {
  const viewer = requireUser(ctx);
  const { listingId, amountMinor } = parseInput(changePriceInput, input);
  const listing = await changeInTransaction(ctx, async (tx) => {
    const own = await findOwnListing(tx, viewer, listingId);
    // The condition is in the statement, so that of two equal changes at once only one is told of.
    const [changed] = await tx.listing.updateManyAndReturn({
      where: { id: listingId, priceMinor: { not: amountMinor } },
      data: { priceMinor: amountMinor },
    });
    if (!changed) return { ...own, priceMinor: amountMinor };
    await appendEvents(tx, [listingPriceChanged(changed, ctx.now())]);
    return changed;
  });
  return { listing };
}
