/** What holds in the whole database, each with a query of the rows of which it does not. */
export const audits = {
  'what is on hand is what the movements add up to': `
    SELECT stock.listing_id, stock.on_hand, sum(delta) AS moved
    FROM stock LEFT JOIN stock_movement USING (listing_id)
    GROUP BY stock.listing_id
    HAVING stock.on_hand <> coalesce(sum(delta), 0)`,
  'a movement says what it left': `
    SELECT * FROM (
      SELECT position, on_hand_after,
             sum(delta) OVER (PARTITION BY listing_id ORDER BY position) AS expected
      FROM stock_movement
    ) AS step WHERE on_hand_after <> expected`,
  'an order is the sum of its lines': `
    SELECT placed.id FROM "order" AS placed LEFT JOIN order_line ON order_id = placed.id
    GROUP BY placed.id, total_minor, units
    HAVING (total_minor, units) IS DISTINCT FROM (sum(line_total_minor)::bigint, sum(quantity)::int)`,
  'the counters of sales are those of a recount': `
    SELECT merchant_id, counted.units, counted.orders, recount.units AS sold, recount.orders AS placed
    FROM merchant_sales AS counted FULL JOIN (
      SELECT merchant_id, sum(units)::int AS units, count(*)::int AS orders
      FROM "order" WHERE status IN ('PAID', 'FULFILLED') GROUP BY merchant_id
    ) AS recount USING (merchant_id)
    WHERE (coalesce(counted.units, 0), coalesce(counted.orders, 0))
       <> (coalesce(recount.units, 0), coalesce(recount.orders, 0))`,
};
