import { createTestDatabase } from '@civitas/testkit';
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
  drop(): Promise<void>;
}

/** Opens them empty, or with the demo town in them. */
export async function openDatabases({ demo }: { readonly demo: boolean }): Promise<TestDatabases> {
  const opened = await Promise.all(
    subgraphNames.map(async (name) => [name, await createTestDatabase(name)] as const),
  );
  const urls = Object.fromEntries(
    opened.map(([name, { url }]) => [name, url]),
  ) as unknown as DatabaseUrls;
  if (demo) await loadDemo({ databaseUrls: urls, seed: 'demo', onProgress: () => undefined });
  const pools = new Map<SubgraphName, pg.Pool>();
  return {
    urls,
    sql: async (name, text, values = []) => {
      const pool = pools.get(name) ?? new pg.Pool({ connectionString: urls[name], max: 1 });
      pools.set(name, pool);
      return (await pool.query(text, [...values])).rows;
    },
    drop: async () => {
      for (const pool of pools.values()) await pool.end();
      for (const [, { drop }] of opened) await drop();
    },
  };
}
