import { parseId } from '@civitas/platform/ids';
import { type PageArguments, readPage } from '@civitas/platform/pagination';
import { requireUser } from '@civitas/platform/subgraph';
import type { MarketplaceContext } from '../context.ts';
import type { Order } from '../generated/prisma/client.ts';
import { assertSelf, mayReadOrder } from './access.ts';
import { ordersList, salesList } from './queries.ts';

/**
 * An order, by whatever way it is asked for. One of other people is answered as if there were none.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `MALFORMED_ID`.
 */
export async function findOrder(ctx: MarketplaceContext, id: string): Promise<Order | null> {
  const viewer = requireUser(ctx);
  const order = await ctx.loaders.orderById.load(parseId('ord', id));
  return order && mayReadOrder(viewer, order) ? order : null;
}

// Each of these answers `first + 1` rows at most: the extra one says whether there are more.

/** @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN` unless the viewer is the buyer. */
export async function listOrders(
  ctx: MarketplaceContext,
  buyerId: string,
  args: PageArguments,
): Promise<Order[]> {
  assertSelf(requireUser(ctx), buyerId);
  return ctx.loaders.ordersOfBuyer.load({ parentId: buyerId, args: readPage(ordersList, args) });
}

/** @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN` unless the viewer is the merchant. */
export async function listSales(
  ctx: MarketplaceContext,
  merchantId: string,
  args: PageArguments,
): Promise<Order[]> {
  assertSelf(requireUser(ctx), merchantId);
  const page = readPage(salesList, args);
  return ctx.loaders.ordersOfMerchant.load({ parentId: merchantId, args: page });
}
