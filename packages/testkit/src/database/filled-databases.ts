import { dropDatabase, urlOfDatabase } from '@civitas/postgres/migrations';
import pg from 'pg';
import {
  cloneDatabase,
  cloneTemplate,
  renameDatabase,
  type TestDatabase,
} from './test-database.ts';
import type { TestPostgresAddress } from './test-postgres.ts';

export interface Content<Subgraph extends string> {
  /** Of the content: files that give the same name get the same. */
  readonly name: string;
  readonly subgraphs: readonly Subgraph[];
  /** Writes it into empty, migrated databases and leaves no connection open. */
  readonly fill: (urls: Readonly<Record<Subgraph, string>>) => Promise<void>;
}

/**
 * Clones databases with content that is slow to make. Whoever asks first in a run makes it; others
 * who ask meanwhile wait for that.
 *
 * @throws what `fill` throws; the next to ask tries again
 */
export async function cloneFilled<Subgraph extends string>(
  address: TestPostgresAddress,
  { name, subgraphs, fill }: Content<Subgraph>,
): Promise<Record<Subgraph, TestDatabase>> {
  const filledName = (subgraph: Subgraph) => `${filledPrefix(address)}${name}_${subgraph}`;
  const client = new pg.Client({ connectionString: address.adminUrl });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [filledPrefix(address) + name]);
    const names = subgraphs.map(filledName);
    if ((await existing(client, names)).length < names.length) {
      const made = await each(subgraphs, (subgraph) => cloneTemplate(address, subgraph));
      await fill(await each(subgraphs, async (subgraph) => made[subgraph].url));
      for (const subgraph of subgraphs) {
        await dropDatabase(urlOfDatabase(address.adminUrl, filledName(subgraph)));
        await renameDatabase(client, made[subgraph].url, filledName(subgraph));
      }
    }
    return await each(subgraphs, (subgraph) =>
      cloneDatabase(client, { subgraph, template: filledName(subgraph), ...address }),
    );
  } finally {
    await client.end();
  }
}

/** Drops what `cloneFilled` made in this run, for a server that outlives it. */
export async function dropFilled(address: TestPostgresAddress): Promise<void> {
  const client = new pg.Client({ connectionString: address.adminUrl });
  await client.connect();
  const sql = 'SELECT datname FROM pg_database WHERE starts_with(datname, $1)';
  const { rows } = await client
    .query<{ datname: string }>(sql, [filledPrefix(address)])
    .finally(() => client.end());
  for (const { datname } of rows) await dropDatabase(urlOfDatabase(address.adminUrl, datname));
}

/** Content may differ from one state of the code to the next, so no run uses another's. */
function filledPrefix({ runId }: TestPostgresAddress): string {
  return `filled_${runId}_`;
}

async function existing(client: pg.Client, names: readonly string[]): Promise<string[]> {
  const sql = 'SELECT datname FROM pg_database WHERE datname = ANY($1)';
  const { rows } = await client.query<{ datname: string }>(sql, [names]);
  return rows.map(({ datname }) => datname);
}

async function each<Key extends string, Value>(
  keys: readonly Key[],
  make: (key: Key) => Promise<Value>,
): Promise<Record<Key, Value>> {
  const made: Partial<Record<Key, Value>> = {};
  for (const key of keys) made[key] = await make(key);
  return made as Record<Key, Value>;
}
