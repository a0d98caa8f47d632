import { createDatabase } from '@civitas/platform/database';
import { consumeEvents, createRelay, type EventBus } from '@civitas/platform/events';
import { forgetErased, personalDataHandlers } from '@civitas/platform/personal-data';
import { defineSubgraph, type Subgraph } from '@civitas/platform/subgraph';
import type { Logger } from '@civitas/platform/telemetry';
import type { MarketplaceContext } from './context.ts';
import { PrismaClient } from './generated/prisma/client.ts';
import { createInventoryLoaders, inventoryResolvers } from './inventory/index.ts';
import { createListingLoaders, listingResolvers } from './listings/index.ts';
import { createOrderLoaders, orderResolvers } from './orders/index.ts';
import { personalData } from './personal-data/index.ts';
import { createSalesLoaders, salesResolvers } from './sales/index.ts';

export interface MarketplaceDependencies {
  readonly databaseUrl: string;
  readonly bus: EventBus;
  readonly log: Logger;
  readonly now?: () => Date;
}

/** What people offer, how much of it there is, and who bought what from whom. */
export function createSubgraph(dependencies: MarketplaceDependencies): Subgraph {
  const { bus, databaseUrl, log, now = () => new Date() } = dependencies;
  const db = createDatabase({
    url: databaseUrl,
    createClient: (adapter) => new PrismaClient({ adapter }),
  });
  const relay = createRelay({ url: databaseUrl, bus, log });
  const consumer = consumeEvents({
    database: db,
    consumer: 'marketplace',
    handlers: personalDataHandlers('identity', personalData(now)),
    afterwards: forgetErased('identity', 'marketplace', bus),
    bus,
    log,
    now,
  });
  return defineSubgraph<MarketplaceContext>({
    name: 'marketplace',
    directory: import.meta.dirname,
    consumers: [consumer],
    resolvers: [listingResolvers, inventoryResolvers, orderResolvers, salesResolvers],
    context: (request) => ({
      ...request,
      db,
      loaders: {
        ...createListingLoaders(db),
        ...createInventoryLoaders(db),
        ...createOrderLoaders(db),
        ...createSalesLoaders(db),
      },
    }),
    log,
    now,
    ready: () => db.ping(),
    start: async () => relay.start(),
    stop: async () => {
      await relay.stop();
      await db.close();
    },
  });
}
