import { afterKey, cursorList, cursorTypes, type Page } from '@civitas/platform/pagination';
import type { MarketplaceDatabase } from '../context.ts';
import { type Order, type OrderLine, Prisma } from '../generated/prisma/client.ts';

export const ordersList = cursorList('User.orders', [cursorTypes.instant, cursorTypes.id('ord')]);

export const salesList = cursorList('User.sales', [cursorTypes.instant, cursorTypes.id('ord')]);

export type OrdersPage = Page<readonly [Date, string]>;

/** One page for each of many people, `first + 1` rows each, in one statement on one index. */
export async function fetchOrders(
  db: MarketplaceDatabase,
  side: 'buyer' | 'merchant',
  personIds: readonly string[],
  { first, after }: OrdersPage,
): Promise<ReadonlyMap<string, Order[]>> {
  const person = side === 'buyer' ? Prisma.sql`buyer_id` : Prisma.sql`merchant_id`;
  const rows = await db.client.$queryRaw<Order[]>`
    SELECT page.id,
           page.buyer_id    AS "buyerId",
           page.merchant_id AS "merchantId",
           page.currency,
           page.total_minor AS "totalMinor",
           page.units,
           page.status,
           page.placed_at   AS "placedAt"
    FROM unnest(${personIds}::text[]) AS parent (id)
    CROSS JOIN LATERAL (
      SELECT * FROM "order" AS placed
      WHERE ${person} = parent.id ${afterKey(['placed_at', 'placed.id'], after, 'newest first')}
      ORDER BY placed_at DESC, placed.id DESC
      LIMIT ${first + 1}
    ) AS page`;
  return Map.groupBy(rows, (row) => (side === 'buyer' ? row.buyerId : row.merchantId));
}

/** The lines of many orders, each in the order's own sequence; a check bounds them to 100. */
export async function fetchOrderLines(
  db: MarketplaceDatabase,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, OrderLine[]>> {
  const lines = await db.client.orderLine.findMany({
    where: { orderId: { in: [...orderIds] } },
    orderBy: [{ orderId: 'asc' }, { position: 'asc' }],
  });
  return Map.groupBy(lines, (line) => line.orderId);
}
