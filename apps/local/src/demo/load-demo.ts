import type { ObjectStore } from '@civitas/platform/objects';
import { Client, type ClientBase } from 'pg';
import type { Seed } from '../arguments.ts';
import { LocalStartError } from '../local-start-error.ts';
import { type SubgraphName, subgraphNames } from '../subgraph-names.ts';
import { loadCommunities } from './communities.ts';
import { loadContent } from './content.ts';
import { countInserts } from './count-inserts.ts';
import { loadFinance } from './finance.ts';
import { loadIdentity } from './identity.ts';
import { loadMarketplace } from './marketplace.ts';
import { createWorld, type World } from './world.ts';

type Loader = (client: ClientBase, world: World, objects: ObjectStore | null) => Promise<void>;

const loaders: Readonly<Record<SubgraphName, Loader>> = {
  identity: loadIdentity,
  content: loadContent,
  marketplace: loadMarketplace,
  communities: loadCommunities,
  finance: loadFinance,
};

const scales: Readonly<Record<Seed, number>> = { none: 0, demo: 1, large: 100 };

/**
 * Rows that `insertRows` writes per unit of scale, so that a large seed can say how far it is. A
 * test compares them with what is really written.
 */
export const expectedRows: Readonly<Record<SubgraphName, number>> = {
  identity: 13_006,
  content: 12_494,
  marketplace: 25_643,
  communities: 19_987,
  finance: 22_487,
};

interface DemoOptions {
  readonly databaseUrls: Readonly<Record<SubgraphName, string>>;
  /** Null: keep what is there; the demo where nothing is. */
  readonly seed: Seed | null;
  /** Where the pictures of the demo go; without a store there are none. */
  readonly objects?: ObjectStore | null;
  readonly onProgress: (name: SubgraphName, done: number, expected: number) => void;
}

/**
 * Fills the databases that have not been filled yet, each in one transaction, so that a crash in
 * the middle leaves whole databases or empty ones.
 *
 * @returns what the databases are filled with.
 * @throws LocalStartError when they were filled with something else than is asked for now.
 */
export async function loadDemo(options: DemoOptions): Promise<Seed> {
  let world: World | undefined;
  let seed = options.seed;
  for (const name of subgraphNames) {
    const client = new Client({ connectionString: options.databaseUrls[name] });
    await client.connect();
    try {
      const known = await readMarker(client);
      if (known !== null && seed !== null && known !== seed) throw seededOtherwise(known, seed);
      seed ??= known ?? 'demo';
      if (known !== null) continue;
      const scale = scales[seed];
      world ??= createWorld(scale);
      const { objects = null, onProgress } = options;
      const load = (counted: ClientBase, town: World) => loaders[name](counted, town, objects);
      await fill(client, load, seed, world, (done) => {
        onProgress(name, done, expectedRows[name] * scale);
      });
    } finally {
      await client.end();
    }
  }
  return seed ?? 'demo';
}

function seededOtherwise(known: Seed, seed: Seed): LocalStartError {
  return new LocalStartError(
    `The data was made with --seed ${known}; add --reset to start over with --seed ${seed}.`,
  );
}

async function fill(
  client: Client,
  load: (client: ClientBase, world: World) => Promise<void>,
  seed: Seed,
  world: World,
  onRows: (done: number) => void,
): Promise<void> {
  await client.query('BEGIN');
  if (world.scale > 0) await load(countInserts(client, onRows), world);
  await client.query('INSERT INTO civitas_local.seed (name) VALUES ($1)', [seed]);
  await client.query('COMMIT');
  await client.query('ANALYZE');
}

/** The marker lives in a schema of its own, so that it is no drift of the subgraph's. */
async function readMarker(client: Client): Promise<Seed | null> {
  await client.query('CREATE SCHEMA IF NOT EXISTS civitas_local');
  await client.query('CREATE TABLE IF NOT EXISTS civitas_local.seed (name text PRIMARY KEY)');
  const { rows } = await client.query<{ name: Seed }>('SELECT name FROM civitas_local.seed');
  return rows[0]?.name ?? null;
}
