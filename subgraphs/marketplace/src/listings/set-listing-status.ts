import { appendEvents } from '@civitas/platform/events';
import { changeInTransaction } from '@civitas/platform/loaders';
import { requireUser } from '@civitas/platform/subgraph';
import { parseInput } from '@civitas/platform/validation';
import type { MarketplaceContext } from '../context.ts';
import type { Listing, ListingStatus } from '../generated/prisma/client.ts';
import { listingStatusChanged } from './events.ts';
import { listingInput } from './listing-input.ts';
import { findOwnListing } from './own-listing.ts';

/**
 * Pauses or resumes a listing of the viewer; emits `marketplace.listing.paused` or `…resumed`. The
 * status it has already changes nothing and emits nothing.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput`, `ListingNotFound`.
 */
export async function setListingStatus(
  ctx: MarketplaceContext,
  input: unknown,
  status: ListingStatus,
): Promise<{ listing: Listing }> {
  const viewer = requireUser(ctx);
  const { listingId } = parseInput(listingInput, input);
  const listing = await changeInTransaction(ctx, async (tx) => {
    const own = await findOwnListing(tx, viewer, listingId);
    const [changed] = await tx.listing.updateManyAndReturn({
      where: { id: listingId, status: { not: status } },
      data: { status },
    });
    if (!changed) return { ...own, status };
    await appendEvents(tx, [listingStatusChanged(changed, ctx.now())]);
    return changed;
  });
  return { listing };
}
