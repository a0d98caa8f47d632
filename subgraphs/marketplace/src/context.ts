import type { Database, TransactionOf } from '@civitas/platform/database';
import type { RequestContext } from '@civitas/platform/subgraph';
import type { PrismaClient } from './generated/prisma/client.ts';
import type { createInventoryLoaders } from './inventory/index.ts';
import type { createListingLoaders } from './listings/index.ts';
import type { createOrderLoaders } from './orders/index.ts';
import type { createSalesLoaders } from './sales/index.ts';

export type MarketplaceDatabase = Database<PrismaClient>;
export type MarketplaceTransaction = TransactionOf<PrismaClient>;

/** What every resolver and service of this subgraph works with. */
export interface MarketplaceContext extends RequestContext {
  readonly db: MarketplaceDatabase;
  readonly loaders: MarketplaceLoaders;
}

type MarketplaceLoaders = ReturnType<typeof createListingLoaders> &
  ReturnType<typeof createInventoryLoaders> &
  ReturnType<typeof createOrderLoaders> &
  ReturnType<typeof createSalesLoaders>;
