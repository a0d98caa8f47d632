import { audits } from '@civitas/marketplace/audits';
import type { Load } from './load.ts';
import { POPULATION, sqlId, sqlInstant, sqlSkewed } from './population.ts';

const { orders, ordersOfFirst, kinds } = POPULATION;
const { MERCHANT } = kinds;

const SALES = [
  `CREATE TEMP TABLE sale ON COMMIT DROP AS
   SELECT n, ${sqlSkewed('CIVILIAN')} AS buyer,
     CASE WHEN n % ${orders / ordersOfFirst} = 0 THEN ${MERCHANT.from}
       ELSE ${sqlSkewed('MERCHANT')} END AS merchant
   FROM generate_series(0, ${orders - 1}) AS n`,
  `INSERT INTO listing (id, merchant_id, title, description, price_minor, currency, category, created_at)
   SELECT ${sqlId('lst', 'n')}, ${sqlId('usr', 'n')}, 'Bread of the day', '', 500, 'EUR',
     (enum_range(NULL::listing_category))[1], '2023-11-01'
   FROM generate_series(${MERCHANT.from}, ${MERCHANT.from + MERCHANT.count - 1}) AS n`,
  `INSERT INTO "order" (id, buyer_id, merchant_id, currency, total_minor, units, status, placed_at)
   SELECT ${sqlId('ord', 'n')}, ${sqlId('usr', 'buyer')}, ${sqlId('usr', 'merchant')}, 'EUR', 2000, 4,
     CASE WHEN n % 50 = 1 THEN 'CANCELLED' ELSE 'FULFILLED' END::order_status, ${sqlInstant('n', orders)}
   FROM sale`,
  `INSERT INTO order_line (order_id, position, listing_id, merchant_id, currency, title,
     unit_price_minor, quantity, line_total_minor)
   SELECT ${sqlId('ord', 'n')}, 1, ${sqlId('lst', 'merchant')}, ${sqlId('usr', 'merchant')}, 'EUR',
     'Bread of the day', 500, 4, 2000
   FROM sale`,
  `INSERT INTO merchant_sales (merchant_id, units, orders)
   SELECT merchant_id, sum(units), count(*) FROM "order" WHERE counts_as_sold(status)
   GROUP BY merchant_id`,
];

/** What merchants sold. The goods were delivered without a stock being kept: nothing asked reads one. */
export const ORDERS_AND_SALES: Load = {
  tables: ['listing', '"order"', 'order_line', 'merchant_sales'],
  statements: SALES,
  audits,
};
