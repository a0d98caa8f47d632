import { afterKey, cursorList, cursorTypes, type Page } from '@civitas/platform/pagination';
import type { MarketplaceDatabase } from '../context.ts';
import { type Listing, type ListingCategory, Prisma } from '../generated/prisma/client.ts';

export const listingsList = cursorList('Query.listings', [
  cursorTypes.instant,
  cursorTypes.id('lst'),
]);

export const userListingsList = cursorList('User.listings', [
  cursorTypes.instant,
  cursorTypes.id('lst'),
]);

export type ListingsPage = Page<readonly [Date, string]>;

/** One page of a merchant's listings, of those on offer or of all. */
export interface UserListingsPage extends ListingsPage {
  readonly includePaused: boolean;
}

export function fetchListings(
  db: MarketplaceDatabase,
  category: ListingCategory | null,
  { first, after }: ListingsPage,
): Promise<Listing[]> {
  return db.client.$queryRaw<Listing[]>`
    SELECT ${columns} FROM listing
    WHERE status = 'ACTIVE'
      ${category === null ? Prisma.empty : Prisma.sql`AND category = ${category}::listing_category`}
      ${afterKey(['created_at', 'listing.id'], after, 'newest first')}
    ORDER BY created_at DESC, id DESC
    LIMIT ${first + 1}`;
}

/** One page for each of many merchants, `first + 1` rows each, in one statement on one index. */
export async function fetchUserListings(
  db: MarketplaceDatabase,
  merchantIds: readonly string[],
  { first, after, includePaused }: UserListingsPage,
): Promise<ReadonlyMap<string, Listing[]>> {
  const rows = await db.client.$queryRaw<Listing[]>`
    SELECT page.*
    FROM unnest(${merchantIds}::text[]) AS parent (id)
    CROSS JOIN LATERAL (
      SELECT ${columns} FROM listing
      WHERE merchant_id = parent.id
        ${includePaused ? Prisma.empty : Prisma.sql`AND status = 'ACTIVE'`}
        ${afterKey(['created_at', 'listing.id'], after, 'newest first')}
      ORDER BY created_at DESC, listing.id DESC
      LIMIT ${first + 1}
    ) AS page`;
  return Map.groupBy(rows, (row) => row.merchantId);
}

const columns = Prisma.sql`
  listing.id,
  listing.merchant_id AS "merchantId",
  listing.title,
  listing.description,
  listing.price_minor AS "priceMinor",
  listing.currency,
  listing.category,
  listing.status,
  listing.created_at  AS "createdAt"`;
