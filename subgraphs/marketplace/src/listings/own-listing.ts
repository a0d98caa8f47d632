import { CivitasError, UserFailure } from '@civitas/platform/errors';
import type { UserViewer } from '@civitas/platform/subgraph';
import type { MarketplaceTransaction } from '../context.ts';
import type { Listing } from '../generated/prisma/client.ts';

/**
 * The listing that a mutation of the viewer is about. Nothing is locked: its merchant never changes.
 *
 * @throws UserFailure `ListingNotFound`.
 * @throws CivitasError `FORBIDDEN` when somebody else sells it.
 */
export async function findOwnListing(
  tx: MarketplaceTransaction,
  viewer: UserViewer,
  listingId: string,
): Promise<Listing> {
  const listing = await tx.listing.findUnique({ where: { id: listingId } });
  if (!listing) {
    throw new UserFailure('ListingNotFound', 'There is no such listing.', ['input', 'listingId']);
  }
  if (listing.merchantId !== viewer.id) throw new CivitasError('FORBIDDEN');
  return listing;
}
