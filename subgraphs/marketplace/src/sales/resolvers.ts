import type { Resolvers } from '../generated/resolvers.ts';

export const resolvers: Resolvers = {
  User: {
    goodsSold: async ({ id }, _, ctx) => {
      const sales = await ctx.loaders.salesByMerchantId.load(id);
      return { units: sales?.units ?? 0, orders: sales?.orders ?? 0 };
    },
  },
};
