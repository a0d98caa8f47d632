import { createTestDatabase } from '@civitas/testkit';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadFinance } from './finance.ts';
import { createWorld } from './world.ts';

const world = createWorld(1);
let client: pg.Client;

beforeAll(async () => {
  const database = await createTestDatabase('finance');
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('BEGIN');
  await loadFinance(client, world);
  await client.query('COMMIT');
  afterAll(async () => {
    await client.end();
    await database.drop();
  });
});

async function ask(sql: string, parameters: unknown[] = []): Promise<Record<string, unknown>[]> {
  return (await client.query(sql, parameters)).rows;
}

test('an audit of the ledger finds nothing', async () => {
  expect(await ask('SELECT * FROM ledger_violation')).toEqual([]);
});

test('everybody has a wallet in euros that money came into from outside', async () => {
  const funded = await ask(`
    SELECT DISTINCT owner_id AS id FROM account
    JOIN posting ON account_id = account.id JOIN entry ON entry_id = entry.id
    WHERE account.kind = 'WALLET' AND account.currency = 'EUR' AND entry.kind = 'FUNDING'`);
  const ids = new Set(funded.map(({ id }) => id));
  expect(world.people.filter(({ id }) => !ids.has(id))).toEqual([]);
});

test('there are thousands of donations, about a third of them anonymous', async () => {
  const [row] = await ask(
    'SELECT count(*)::int AS donations, avg(anonymous::int)::float AS anonymous FROM donation',
  );
  expect(row?.['donations']).toBeGreaterThan(2_500);
  expect(row?.['anonymous']).toBeGreaterThan(0.2);
  expect(row?.['anonymous']).toBeLessThan(0.4);
});

test('the family of the examples has received enough for a page, by name and anonymously', async () => {
  const rows = await ask('SELECT anonymous FROM donation WHERE family_id = $1', [
    world.ofKind('FAMILY')[0]?.id,
  ]);
  expect(rows.length).toBeGreaterThanOrEqual(5);
  expect(new Set(rows.map(({ anonymous }) => anonymous)).size).toBe(2);
});

test('nothing happens to a wallet before its owner has joined or after the present', async () => {
  const wrong = await ask(
    `SELECT entry.id FROM posting JOIN entry ON entry_id = entry.id
     JOIN account ON account_id = account.id
     WHERE occurred_at < opened_at OR occurred_at > $1`,
    [world.now],
  );
  expect(wrong).toEqual([]);
});

test('a statement is in the order of time', async () => {
  const wrong = await ask(`
    SELECT * FROM (
      SELECT account_id, occurred_at,
             lag(occurred_at) OVER (PARTITION BY account_id ORDER BY sequence) AS before
      FROM posting JOIN entry ON entry_id = entry.id
    ) AS line WHERE before > occurred_at`);
  expect(wrong).toEqual([]);
});
