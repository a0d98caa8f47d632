import { groupedLoader, keyedLoader } from '@civitas/platform/loaders';
import type { MarketplaceDatabase } from '../context.ts';
import type { StockMovement } from '../generated/prisma/client.ts';
import { fetchStockMovements } from './queries.ts';

/** Arguments of a loader are compared as JSON, which has no 64-bit numbers: digits instead. */
interface MovementsArguments {
  readonly first: number;
  readonly after: string | null;
}

export function createInventoryLoaders(db: MarketplaceDatabase) {
  return {
    stockByListingId: keyedLoader(
      (ids) => db.client.stock.findMany({ where: { listingId: { in: [...ids] } } }),
      (stock) => stock.listingId,
    ),
    stockMovements: groupedLoader<MovementsArguments, StockMovement[]>(
      (listingIds, page) => fetchStockMovements(db, listingIds, page),
      () => [],
    ),
  };
}
