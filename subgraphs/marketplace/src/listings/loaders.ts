import { groupedLoader, keyedLoader } from '@civitas/platform/loaders';
import type { MarketplaceDatabase } from '../context.ts';
import type { Listing } from '../generated/prisma/client.ts';
import { fetchUserListings, type UserListingsPage } from './queries.ts';

export function createListingLoaders(db: MarketplaceDatabase) {
  return {
    listingById: keyedLoader(
      (ids) => db.client.listing.findMany({ where: { id: { in: [...ids] } } }),
      (listing) => listing.id,
    ),
    userListings: groupedLoader<UserListingsPage, Listing[]>(
      (merchantIds, page) => fetchUserListings(db, merchantIds, page),
      () => [],
    ),
  };
}
