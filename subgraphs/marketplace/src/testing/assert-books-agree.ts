import { expect } from 'vitest';
import type { MarketplaceDatabase } from '../context.ts';

/**
 * The invariants of the whole database: what is on hand is what the movements add up to, orders are
 * the sum of their lines, and the counters of sales equal a recount.
 */
export async function assertBooksAgree({ client }: MarketplaceDatabase): Promise<void> {
  const wrongStocks = await client.$queryRaw`
    SELECT stock.listing_id, stock.on_hand, sum(delta) AS moved
    FROM stock LEFT JOIN stock_movement USING (listing_id)
    GROUP BY stock.listing_id
    HAVING stock.on_hand <> coalesce(sum(delta), 0)`;
  const wrongSteps = await client.$queryRaw`
    SELECT * FROM (
      SELECT position, on_hand_after,
             sum(delta) OVER (PARTITION BY listing_id ORDER BY position) AS expected
      FROM stock_movement
    ) AS step WHERE on_hand_after <> expected`;
  const wrongOrders = await client.$queryRaw`
    SELECT placed.id FROM "order" AS placed LEFT JOIN order_line ON order_id = placed.id
    GROUP BY placed.id
    HAVING (total_minor, units) IS DISTINCT FROM (sum(line_total_minor)::bigint, sum(quantity)::int)`;
  const wrongSales = await client.$queryRaw`
    WITH recount AS (
      SELECT merchant_id, sum(units)::int AS units, count(*)::int AS orders
      FROM "order" WHERE status IN ('PAID', 'FULFILLED') GROUP BY merchant_id
    )
    SELECT merchant_id, counted.units, counted.orders, recount.units, recount.orders
    FROM merchant_sales AS counted FULL JOIN recount USING (merchant_id)
    WHERE (coalesce(counted.units, 0), coalesce(counted.orders, 0))
       <> (coalesce(recount.units, 0), coalesce(recount.orders, 0))`;
  expect({ wrongStocks, wrongSteps, wrongOrders, wrongSales }).toEqual({
    wrongStocks: [],
    wrongSteps: [],
    wrongOrders: [],
    wrongSales: [],
  });
}
