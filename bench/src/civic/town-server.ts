import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbeddedPostgres, startThrowawayPostgres } from '@civitas/postgres/embedded';
import { databaseNameOf, migrate, prismaDirectory } from '@civitas/postgres/migrations';
import pg from 'pg';
import { load as loadTables } from './load.ts';
import { PEOPLE_ALONE } from './load-people.ts';
import { loadTown } from './load-town.ts';
import { POPULATION } from './population.ts';
import type { Asked } from './subgraphs.ts';

export interface TownServer {
  readonly adminUrl: string;
  readonly urls: Readonly<Record<Asked, string>>;
  query(name: Asked, text: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/**
 * A Postgres that holds the town: one of its own, or the one that was kept, loaded if it is not yet.
 *
 * @param peopleAlone true for its people without what they did, which is loaded in a fraction of the time.
 */
export async function openTown(keep: string | undefined, peopleAlone = false): Promise<TownServer> {
  const postgres =
    keep === undefined
      ? await startThrowawayPostgres()
      : await startEmbeddedPostgres({ dataDirectory: keep, durable: false });
  const urlOf = (name: Asked) => postgres.urlFor(databaseNameOf(name));
  const urls = {
    identity: urlOf('identity'),
    finance: urlOf('finance'),
    marketplace: urlOf('marketplace'),
  };
  const town = {
    adminUrl: postgres.adminUrl,
    urls,
    query: (name: Asked, text: string) => query(urls[name], text),
    stop: postgres.stop,
  };
  try {
    for (const [name, url] of Object.entries(urls)) {
      await migrate({ url, directory: join(prismaDirectory, name) });
    }
    await (peopleAlone ? loadPeople(town) : load(town));
    if (keep !== undefined) await readOnce(keep);
    return town;
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

/** So that files which were written long ago are in memory, as those are that were just loaded. */
async function readOnce(directory: string): Promise<void> {
  for (const entry of await readdir(join(directory, 'base'), { recursive: true })) {
    const file = join(directory, 'base', entry);
    if (!(await stat(file)).isFile()) continue;
    for await (const _ of createReadStream(file, { highWaterMark: 1024 * 1024 }));
  }
}

const { profiles, encounters, donations, orders } = POPULATION;

/** What is there once a database is loaded: it is committed as one. */
const LOADED: Readonly<Record<Asked, readonly [query: string, rows: number]>> = {
  identity: [
    'SELECT count(*)::int AS rows FROM "user" WHERE EXISTS (SELECT FROM encounter)',
    profiles,
  ],
  finance: ['SELECT count(*)::int AS rows FROM donation', donations],
  marketplace: ['SELECT count(*)::int AS rows FROM "order"', orders],
};

async function loadPeople({ urls, query }: TownServer): Promise<void> {
  const [found] = await query('identity', 'SELECT count(*)::int AS rows FROM "user"');
  if (found?.['rows'] === profiles) return;
  const startedAt = performance.now();
  await loadTables(urls.identity, PEOPLE_ALONE);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  console.log(`civic: ${profiles} profiles alone loaded in ${seconds} s`);
}

async function load({ urls, query }: TownServer): Promise<void> {
  const missing: Asked[] = [];
  for (const name of Object.keys(LOADED) as Asked[]) {
    const [text, rows] = LOADED[name];
    const [found] = await query(name, text);
    if (found?.['rows'] !== rows) missing.push(name);
  }
  if (missing.length === 0) return;
  const startedAt = performance.now();
  await loadTown(urls, missing);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  console.log(
    `civic: ${profiles} profiles, ${encounters} encounters, ${donations} donations and ${orders} orders loaded in ${seconds} s`,
  );
}

async function query(connectionString: string, text: string) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return (await client.query(text).finally(() => client.end())).rows;
}
