import { money } from '@civitas/platform/money';
import { toConnection } from '@civitas/platform/pagination';
import type { MarketplaceContext } from '../context.ts';
import type { Listing, Order } from '../generated/prisma/client.ts';
import type { Resolvers } from '../generated/resolvers.ts';
import { ordersList, salesList } from './queries.ts';
import { findOrder, listOrders, listSales } from './service.ts';

export const resolvers: Resolvers = {
  Query: { order: (_, { id }, ctx) => findOrder(ctx, id) },
  User: {
    orders: async ({ id }, args, ctx) =>
      toConnection(ordersList, await listOrders(ctx, id, args), args.first, byTime),
    sales: async ({ id }, args, ctx) =>
      toConnection(salesList, await listSales(ctx, id, args), args.first, byTime),
  },
  Order: {
    __resolveReference: ({ id }, ctx) => findOrder(ctx, id),
    buyer: ({ buyerId }) => ({ id: buyerId }),
    merchant: ({ merchantId }) => ({ id: merchantId }),
    lines: ({ id }, _, ctx) => ctx.loaders.orderLines.load({ parentId: id, args: null }),
    total: ({ totalMinor, currency }) => money(totalMinor, currency),
  },
  OrderLine: {
    listing: (line, _, ctx) => existingListing(ctx, line.listingId),
    unitPrice: ({ unitPriceMinor, currency }) => money(unitPriceMinor, currency),
    lineTotal: ({ lineTotalMinor, currency }) => money(lineTotalMinor, currency),
  },
};

function byTime(order: Order) {
  return { key: [order.placedAt, order.id] as const, node: order };
}

/** A foreign key promises that the row is there. */
async function existingListing(ctx: MarketplaceContext, id: string): Promise<Listing> {
  const listing = await ctx.loaders.listingById.load(id);
  if (!listing) throw new Error(`Listing ${id} is referred to but not there.`);
  return listing;
}
