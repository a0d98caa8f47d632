import { groupedLoader, keyedLoader } from '@civitas/platform/loaders';
import type { MarketplaceDatabase } from '../context.ts';
import type { Order, OrderLine } from '../generated/prisma/client.ts';
import { fetchOrderLines, fetchOrders, type OrdersPage } from './queries.ts';

export function createOrderLoaders(db: MarketplaceDatabase) {
  return {
    orderById: keyedLoader(
      (ids) => db.client.order.findMany({ where: { id: { in: [...ids] } } }),
      (order) => order.id,
    ),
    ordersOfBuyer: groupedLoader<OrdersPage, Order[]>(
      (buyerIds, page) => fetchOrders(db, 'buyer', buyerIds, page),
      () => [],
    ),
    ordersOfMerchant: groupedLoader<OrdersPage, Order[]>(
      (merchantIds, page) => fetchOrders(db, 'merchant', merchantIds, page),
      () => [],
    ),
    orderLines: groupedLoader<null, OrderLine[]>(
      (orderIds) => fetchOrderLines(db, orderIds),
      () => [],
    ),
  };
}
