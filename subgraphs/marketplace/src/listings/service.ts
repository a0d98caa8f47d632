import { parseId } from '@civitas/platform/ids';
import { type PageArguments, readPage } from '@civitas/platform/pagination';
import type { MarketplaceContext } from '../context.ts';
import type { Listing, ListingCategory } from '../generated/prisma/client.ts';
import { fetchListings, listingsList, userListingsList } from './queries.ts';

/**
 * A listing, which everybody may read, paused or not.
 *
 * @throws CivitasError `MALFORMED_ID`.
 */
export async function findListing(ctx: MarketplaceContext, id: string): Promise<Listing | null> {
  return ctx.loaders.listingById.load(parseId('lst', id));
}

/** A page of what is on offer, newest first, plus one row that says whether there is more. */
export async function listListings(
  ctx: MarketplaceContext,
  { category, ...args }: PageArguments & { readonly category: ListingCategory | null },
): Promise<Listing[]> {
  return fetchListings(ctx.db, category, readPage(listingsList, args));
}

/** The same of one merchant; paused ones are for the merchant alone. */
export async function listUserListings(
  ctx: MarketplaceContext,
  merchantId: string,
  args: PageArguments,
): Promise<Listing[]> {
  const page = readPage(userListingsList, args);
  const includePaused = ctx.viewer.type === 'user' && ctx.viewer.id === merchantId;
  return ctx.loaders.userListings.load({ parentId: merchantId, args: { ...page, includePaused } });
}
