import { CivitasError } from '@civitas/platform/errors';
import { type PageArguments, readPage } from '@civitas/platform/pagination';
import type { MarketplaceContext } from '../context.ts';
import type { Listing, StockMovement } from '../generated/prisma/client.ts';
import { stockMovementsList } from './queries.ts';

/** How many of a listing can be bought now: on hand less reserved. */
export async function availableStock(ctx: MarketplaceContext, listing: Listing): Promise<number> {
  const stock = await ctx.loaders.stockByListingId.load(listing.id);
  if (!stock) throw new Error(`Listing ${listing.id} has no stock row.`);
  return stock.onHand - stock.reserved;
}

/**
 * A page of the log of a listing's stock, latest first, plus one row that says whether there is more.
 *
 * @throws CivitasError `FORBIDDEN` for everybody but its merchant.
 */
export async function listStockMovements(
  ctx: MarketplaceContext,
  listing: Listing,
  args: PageArguments,
): Promise<StockMovement[]> {
  const { viewer } = ctx;
  if (viewer.type !== 'user' || viewer.id !== listing.merchantId) {
    throw new CivitasError('FORBIDDEN');
  }
  const { first, after } = readPage(stockMovementsList, args);
  const key = { first, after: after === null ? null : String(after[0]) };
  return ctx.loaders.stockMovements.load({ parentId: listing.id, args: key });
}
