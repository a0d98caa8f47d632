import { createFilledDatabases, createTestDatabase } from '@civitas/testkit';
import pg from 'pg';
import type { DatabaseUrls } from '../../src/databases.ts';
import { loadDemo } from '../../src/demo/load-demo.ts';
import { type SubgraphName, subgraphNames } from '../../src/subgraph-names.ts';

/** One migrated database per subgraph. */
export interface TestDatabases {
  readonly urls: DatabaseUrls;
  /** Rows of one statement. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they asked for
  sql(name: SubgraphName, text: string, values?: readonly unknown[]): Promise<any[]>;
  /** Keeps everybody else from a table until the returned function is called. */
  lock(name: SubgraphName, table: string): Promise<() => Promise<void>>;
  drop(): Promise<void>;
}

/** Opens them empty, or with the demo town in them, which is loaded once per test run. */
export async function openDatabases({ demo }: { readonly demo: boolean }): Promise<TestDatabases> {
  const databases = await (demo ? demoDatabases() : emptyDatabases());
  const entries = subgraphNames.map((name) => [name, databases[name].url]);
  const urls = Object.fromEntries(entries) as DatabaseUrls;
  const pools = new Map<SubgraphName, pg.Pool>();
  return {
    urls,
    sql: async (name, text, values = []) => {
      const pool = pools.get(name) ?? new pg.Pool({ connectionString: urls[name], max: 1 });
      pools.set(name, pool);
      return (await pool.query(text, [...values])).rows;
    },
    lock: async (name, table) => {
      const client = new pg.Client({ connectionString: urls[name] });
      await client.connect();
      await client.query(`BEGIN; LOCK TABLE ${client.escapeIdentifier(table)}`);
      return () => client.end();
    },
    drop: async () => {
      for (const pool of pools.values()) await pool.end();
      for (const name of subgraphNames) await databases[name].drop();
    },
  };
}

async function emptyDatabases() {
  const make = async (name: SubgraphName) => [name, await createTestDatabase(name)] as const;
  const entries = await Promise.all(subgraphNames.map(make));
  return Object.fromEntries(entries) as Awaited<ReturnType<typeof demoDatabases>>;
}

function demoDatabases() {
  return createFilledDatabases({
    name: 'demo',
    subgraphs: subgraphNames,
    fill: async (databaseUrls) => {
      await loadDemo({ databaseUrls, seed: 'demo', onProgress: () => undefined });
    },
  });
}
