import { consumeEvents, createRelay, type EventBus } from '@civitas/platform/events';
import { forgetErased, personalDataHandlers } from '@civitas/platform/personal-data';
import { defineSubgraph, type Subgraph } from '@civitas/platform/subgraph';
import type { Logger } from '@civitas/platform/telemetry';
import type { FinanceContext } from './context.ts';
import { createFinanceDatabase } from './database.ts';
import { createDonationLoaders, donationResolvers } from './donations/index.ts';
import { type PaymentLimits, USUAL_LIMITS } from './payment-proof/index.ts';
import { erasureHandlers, personalData } from './personal-data/index.ts';
import { transferResolvers } from './transfers/index.ts';
import { createWalletLoaders, walletHandlers, walletResolvers } from './wallets/index.ts';

export { createFinanceDatabase } from './database.ts';
export { fundFromOutside } from './ledger/index.ts';
export { paymentLimits } from './payment-proof/index.ts';

export interface FinanceDependencies {
  readonly databaseUrl: string;
  readonly bus: EventBus;
  /** Default {@link USUAL_LIMITS}. */
  readonly paymentLimits?: PaymentLimits;
  readonly log: Logger;
  readonly now?: () => Date;
}

/** The ledger: wallets, transfers, and donations to families. */
export function createSubgraph(dependencies: FinanceDependencies): Subgraph {
  const { bus, databaseUrl, log, now = () => new Date() } = dependencies;
  const { paymentLimits = USUAL_LIMITS } = dependencies;
  const db = createFinanceDatabase(databaseUrl);
  const relay = createRelay({ url: databaseUrl, bus, log });
  const consumer = consumeEvents({
    database: db,
    consumer: 'finance',
    handlers: {
      ...walletHandlers,
      ...erasureHandlers(now),
      ...personalDataHandlers('identity', personalData(now)),
    },
    afterwards: forgetErased('identity', 'finance', bus),
    bus,
    log,
    now,
  });
  return defineSubgraph<FinanceContext>({
    name: 'finance',
    directory: import.meta.dirname,
    consumers: [consumer],
    resolvers: [walletResolvers, transferResolvers, donationResolvers],
    context: (request) => ({
      ...request,
      db,
      paymentLimits,
      loaders: { ...createWalletLoaders(db), ...createDonationLoaders(db) },
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
