import { LEARN_WORDS } from '@civitas/content';
import { loadInBulk } from '@civitas/postgres/bulk';
import { createTestDatabase } from '@civitas/testkit';
import { Client } from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DatabaseUrls } from '../src/databases.ts';
import { countInserts } from '../src/demo/count-inserts.ts';
import { expectedRows, loaders } from '../src/demo/fill-database.ts';
import { loadDemo } from '../src/demo/load-demo.ts';
import { createWorld } from '../src/demo/world.ts';
import { type SubgraphName, subgraphNames } from '../src/subgraph-names.ts';
import { openDatabases } from './set-up/open-databases.ts';

interface Town {
  readonly urls: DatabaseUrls;
  readonly written: Readonly<Record<SubgraphName, number>>;
}

/** Row by row, with every trigger and constraint in place; `npm start` loads the same in bulk. */
async function loadTown(): Promise<Town> {
  const world = createWorld(1);
  const each = subgraphNames.map(async (name) => {
    const { url } = await createTestDatabase(name);
    const client = new Client({ connectionString: url });
    await client.connect();
    let written = 0;
    const counted = countInserts(client, (total) => {
      written = total;
    });
    await client.query('BEGIN');
    await loaders[name](counted, world, null);
    // What no trigger does: searches learn the words of new texts.
    if (name === 'content') await client.query(LEARN_WORDS, [2 ** 31 - 1]);
    await client.query('COMMIT');
    await client.end();
    return { name, url, written };
  });
  const loaded = await Promise.all(each);
  const by = <Value>(value: (one: (typeof loaded)[number]) => Value) =>
    Object.fromEntries(loaded.map((one) => [one.name, value(one)])) as Record<SubgraphName, Value>;
  return { urls: by(({ url }) => url), written: by(({ written }) => written) };
}

async function query<Row = Record<string, unknown>>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return (await client.query(sql).finally(() => client.end())).rows;
}

/** A fingerprint of all rows of all tables, whatever their order. */
async function fingerprint(url: string): Promise<Record<string, unknown>> {
  const tables = await query<{ table_name: string }>(
    url,
    "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> '_prisma_migrations' ORDER BY 1",
  );
  const prints: Record<string, unknown> = {};
  for (const { table_name: table } of tables) {
    const [row] = await query(
      url,
      `SELECT count(*)::int AS rows, md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) AS hash FROM "${table}" AS t`,
    );
    prints[table] = row;
  }
  prints['what guards them'] = await query(
    url,
    `SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || convalidated::text AS guard
     FROM pg_constraint WHERE connamespace = 'public'::regnamespace
     UNION ALL SELECT pg_get_indexdef(indexrelid) || indisvalid::text FROM pg_index JOIN pg_class ON oid = indexrelid
       WHERE relnamespace = 'public'::regnamespace
     UNION ALL SELECT pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
     ORDER BY guard`,
  );
  return prints;
}

describe('the demo town', () => {
  let town: Town;
  let twin: DatabaseUrls;

  beforeAll(async () => {
    town = await loadTown();
    twin = (await openDatabases({ demo: true })).urls;
  }, 120_000);

  test.each(subgraphNames)(
    '%s is the same, row by row, whether it is loaded in bulk or with every trigger at work',
    async (name) => {
      const prints = await fingerprint(town.urls[name]);
      expect(Object.keys(prints).length).toBeGreaterThan(0);
      expect(await fingerprint(twin[name])).toEqual(prints);
    },
  );

  test.each(subgraphNames)('%s writes about as many rows as its progress bar expects', (name) => {
    const ratio = town.written[name] / expectedRows[name];
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.1);
  });

  test('has 2,000 people of five kinds, and counts each acquaintance as often as they met', async () => {
    const url = town.urls.identity;
    const kinds = await query(
      url,
      'SELECT kind, count(*)::int AS n FROM "user" GROUP BY kind ORDER BY kind',
    );
    expect(kinds).toHaveLength(5);
    expect(kinds.reduce((total, { n }) => total + Number(n), 0)).toBe(2000);
    const wrong = await query(
      url,
      `SELECT * FROM acquaintance FULL JOIN
         (SELECT civilian_id, officer_id, count(*) AS times, max(occurred_at) AS last FROM encounter GROUP BY 1, 2) AS e
         USING (civilian_id, officer_id)
       WHERE met_count IS DISTINCT FROM times OR last_met_at IS DISTINCT FROM last`,
    );
    expect(wrong).toEqual([]);
  });

  test('nobody in any database refers to a person who is not there', async () => {
    const people = await query(town.urls.identity, 'SELECT id FROM "user"');
    const known = new Set(people.map(({ id }) => id));
    let references = 0;
    for (const name of subgraphNames) {
      const columns = await query<{ table_name: string; column_name: string }>(
        town.urls[name],
        `SELECT table_name, column_name FROM information_schema.columns
         WHERE table_schema = 'public' AND data_type = 'text'`,
      );
      const each = columns.map(
        ({ table_name: table, column_name: column }) =>
          `SELECT DISTINCT '${table}.${column}' AS "column", "${column}" AS id FROM "${table}" WHERE "${column}" LIKE 'usr\\_%'`,
      );
      const rows = await query(town.urls[name], each.join(' UNION ALL '));
      references += rows.length;
      expect(rows.filter(({ id }) => !known.has(id)).slice(0, 3)).toEqual([]);
    }
    expect(references).toBeGreaterThan(5000);
  });

  test('never takes the place of what others have written, nor of what it was not asked for', async () => {
    const before = await fingerprint(town.urls.identity);
    const onProgress = () => undefined;
    const load = loadDemo({ databaseUrls: town.urls, seed: 'demo', onProgress });
    await expect(load).rejects.toThrow(
      /^The database of \w+ has rows of its own, in .* --seed none/,
    );
    expect(await fingerprint(town.urls.identity)).toEqual(before);
    const large = loadDemo({ databaseUrls: twin, seed: 'large', onProgress });
    await expect(large).rejects.toThrow('The data was made with --seed demo; add --reset');
  });

  test('is loaded whole or not at all: an audit that finds something leaves all as it was', async () => {
    const before = await fingerprint(town.urls.finance);
    const client = new Client({ connectionString: town.urls.finance });
    await client.connect();
    const load = loadInBulk(client, {
      tables: ['donation', 'donation_total', 'posting', 'entry', 'account', 'party'],
      fill: async () => {
        await client.query(
          `INSERT INTO party (id, kind, registered_at) VALUES ('usr_x', 'DONOR', now())`,
        );
      },
      audits: { 'nobody is called x': `SELECT id FROM party WHERE id = 'usr_x'` },
    });
    await expect(load).rejects.toThrow('nobody is called x: [{"id":"usr_x"}]');
    await client.end();
    expect(await fingerprint(town.urls.finance)).toEqual(before);
  });
});
