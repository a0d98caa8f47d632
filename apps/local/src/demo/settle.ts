import { LEARN_EVERYTHING } from '@civitas/content';
import type { SubgraphName } from '../subgraph-names.ts';

/**
 * What triggers would have written as rows came in, said once for all rows: a bulk load runs none. A test
 * compares it, table by table, with what the triggers make of the same town.
 */
export const settle: Readonly<Record<SubgraphName, readonly string[]>> = {
  identity: [],
  content: LEARN_EVERYTHING,
  marketplace: [
    `INSERT INTO merchant_sales (merchant_id, units, orders)
     SELECT merchant_id, sum(units), count(*) FROM "order" WHERE counts_as_sold(status)
     GROUP BY merchant_id`,
  ],
  communities: [],
  finance: [
    `UPDATE account SET balance_minor = moved, posting_count = posted FROM (
       SELECT account_id, sum(amount_minor) AS moved, count(*) AS posted FROM posting GROUP BY account_id
     ) AS total WHERE account_id = id`,
  ],
};
