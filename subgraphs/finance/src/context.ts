import type { Database } from '@civitas/platform/database';
import type { RequestContext } from '@civitas/platform/subgraph';
import type { createDonationLoaders } from './donations/index.ts';
import type { Prisma, PrismaClient } from './generated/prisma/client.ts';
import type { PaymentLimits } from './payment-proof/index.ts';
import type { createWalletLoaders } from './wallets/index.ts';

export type FinanceDatabase = Database<PrismaClient>;
export type FinanceTransaction = Prisma.TransactionClient;

/** What every resolver and service of this subgraph works with. */
export interface FinanceContext extends RequestContext {
  readonly db: FinanceDatabase;
  readonly paymentLimits: PaymentLimits;
  readonly loaders: FinanceLoaders;
}

type FinanceLoaders = ReturnType<typeof createWalletLoaders> &
  ReturnType<typeof createDonationLoaders>;
