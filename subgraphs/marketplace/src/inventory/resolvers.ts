import { answerWithFailures } from '@civitas/platform/errors';
import { toConnection } from '@civitas/platform/pagination';
import type { Resolvers } from '../generated/resolvers.ts';
import { adjustStock } from './adjust-stock.ts';
import { stockMovementsList } from './queries.ts';
import { availableStock, listStockMovements } from './service.ts';

export const resolvers: Resolvers = {
  Listing: {
    availableStock: (listing, _, ctx) => availableStock(ctx, listing),
    stockMovements: async (listing, args, ctx) =>
      toConnection(
        stockMovementsList,
        await listStockMovements(ctx, listing, args),
        args.first,
        (movement) => ({ key: [movement.position], node: movement }),
      ),
  },
  Mutation: {
    adjustStock: (_, { input }, ctx) =>
      answerWithFailures('AdjustStockSuccess', () => adjustStock(ctx, input)),
  },
};
