import { createTestDatabase } from '@civitas/testkit';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadMarketplace } from './marketplace.ts';
import { createWorld } from './world.ts';

const world = createWorld(1);
let client: pg.Client;

beforeAll(async () => {
  const database = await createTestDatabase('marketplace');
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('BEGIN');
  await loadMarketplace(client, world);
  await client.query('COMMIT');
  afterAll(async () => {
    await client.end();
    await database.drop();
  });
});

async function ask(sql: string, parameters: unknown[] = []): Promise<Record<string, unknown>[]> {
  return (await client.query(sql, parameters)).rows;
}

test('every merchant of the town has something on offer, and some civilians too', async () => {
  const rows = await ask('SELECT DISTINCT merchant_id FROM listing');
  const sellers = new Set(rows.map((row) => row['merchant_id']));
  expect(world.ofKind('MERCHANT').filter(({ id }) => !sellers.has(id))).toEqual([]);
  expect(world.ofKind('CIVILIAN').filter(({ id }) => sellers.has(id)).length).toBeGreaterThan(50);
});

test('there are thousands of orders, of every status', async () => {
  const rows = await ask('SELECT status, count(*)::int AS orders FROM "order" GROUP BY status');
  expect(rows.map((row) => row['status']).toSorted()).toEqual([
    'CANCELLED',
    'FULFILLED',
    'PAID',
    'PLACED',
  ]);
  const orders = rows.reduce((sum, row) => sum + Number(row['orders']), 0);
  expect(orders).toBeGreaterThan(3_000);
});

test('the merchant of the examples has five listings in stock and has sold a lot', async () => {
  const id = world.ofKind('MERCHANT')[0]?.id;
  const [listed] = await ask(
    `SELECT count(*)::int AS listings, min(on_hand - reserved) AS scarcest FROM listing
     JOIN stock ON listing_id = id WHERE merchant_id = $1 AND status = 'ACTIVE'`,
    [id],
  );
  expect(listed?.['listings']).toBeGreaterThanOrEqual(5);
  expect(listed?.['scarcest']).toBeGreaterThanOrEqual(0);
  const [sold] = await ask('SELECT orders FROM merchant_sales WHERE merchant_id = $1', [id]);
  expect(sold?.['orders']).toBeGreaterThan(50);
});

test('stock is what the movements left, less what unpaid orders have reserved', async () => {
  const wrong = await ask(`
    SELECT stock.* FROM stock
    LEFT JOIN (SELECT listing_id, sum(delta) AS moved FROM stock_movement GROUP BY 1) AS log
      USING (listing_id)
    LEFT JOIN (
      SELECT listing_id, sum(quantity) AS promised FROM order_line
      JOIN "order" AS placed ON placed.id = order_id WHERE status = 'PLACED' GROUP BY 1
    ) AS unpaid USING (listing_id)
    WHERE on_hand <> coalesce(moved, 0) OR reserved <> coalesce(promised, 0)`);
  expect(wrong).toEqual([]);
  const unsold = await ask(`
    SELECT order_id, listing_id FROM order_line JOIN "order" AS placed ON placed.id = order_id
    LEFT JOIN stock_movement AS left_with USING (order_id, listing_id)
    WHERE (status IN ('PAID', 'FULFILLED')) <> (left_with.delta = -quantity) IS TRUE`);
  expect(unsold).toEqual([]);
});

test('the counters of sales equal a recount', async () => {
  const wrong = await ask(`
    WITH recount AS (
      SELECT merchant_id, sum(units)::int AS units, count(*)::int AS orders
      FROM "order" WHERE status IN ('PAID', 'FULFILLED') GROUP BY merchant_id
    )
    SELECT * FROM merchant_sales AS counted FULL JOIN recount USING (merchant_id)
    WHERE (counted.units, counted.orders) IS DISTINCT FROM (recount.units, recount.orders)`);
  expect(wrong).toEqual([]);
});

test('nothing happens before those who do it have joined, nor in the future', async () => {
  const joinedAt = new Map(world.people.map(({ id, joinedAt }) => [id, joinedAt]));
  const rows = await ask(`
    SELECT placed_at AS at, ARRAY[buyer_id, merchant_id] AS people FROM "order"
    UNION ALL SELECT created_at, ARRAY[merchant_id] FROM listing`);
  const early = rows.filter(({ at, people }) =>
    (people as string[]).some((id) => !((joinedAt.get(id) ?? world.now) <= (at as Date))),
  );
  expect([early, rows.filter(({ at }) => (at as Date) > world.now)]).toEqual([[], []]);
  const premature = await ask(`
    SELECT order_id FROM order_line JOIN "order" AS placed ON placed.id = order_id
    JOIN listing ON listing.id = listing_id WHERE placed_at < created_at`);
  expect(premature).toEqual([]);
});
