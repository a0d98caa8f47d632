import type { ObjectStore } from '@civitas/platform/objects';
import { Client } from 'pg';
import type { Seed } from '../arguments.ts';
import { LocalStartError } from '../local-start-error.ts';
import { type SubgraphName, subgraphNames } from '../subgraph-names.ts';
import { fillDatabase, type LoadStep } from './fill-database.ts';
import { markAs, readMarker } from './seed-marker.ts';
import { createWorld, type World } from './world.ts';

const scales: Readonly<Record<Seed, number>> = { none: 0, demo: 1, large: 100 };

/** Databases that are filled at a time: while Postgres sorts for the indexes of one, we make the rows of another. */
const LANES = 2;

interface DemoOptions {
  readonly databaseUrls: Readonly<Record<SubgraphName, string>>;
  /** Null: keep what is there; the demo where nothing is. */
  readonly seed: Seed | null;
  /** Where the pictures of the demo go; without a store there are none. */
  readonly objects?: ObjectStore | null;
  /** Told often how many rows a database has got, of how many it will about get, and at what it is. */
  readonly onProgress: (name: SubgraphName, step: LoadStep) => void;
}

/**
 * Fills the databases that have not been filled yet, each in one transaction, so that a crash in
 * the middle leaves whole databases or empty ones, and the next start goes on with the empty ones.
 *
 * @returns what the databases are filled with.
 * @throws LocalStartError when they were filled with something else than is asked for now, or hold what
 * no start has put there.
 */
export async function loadDemo(options: DemoOptions): Promise<Seed> {
  const marked = await readMarkers(options.databaseUrls);
  const [known] = marked.values();
  if (known !== undefined && options.seed !== null && known !== options.seed) {
    throw new LocalStartError(
      `The data was made with --seed ${known}; add --reset to start over with --seed ${options.seed}.`,
    );
  }
  const seed = options.seed ?? known ?? 'demo';
  const left = subgraphNames.filter((name) => !marked.has(name));
  if (left.length === 0) return seed;
  const world = createWorld(scales[seed]);
  const queue = each(left);
  const lane = async () => {
    for (const name of queue) await fillMarked(options, name, seed, world);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return seed;
}

/** Whoever is free takes the next; when one fails, its loop ends the generator for all. */
function* each<Item>(items: readonly Item[]): Generator<Item> {
  yield* items;
}

async function readMarkers(urls: DemoOptions['databaseUrls']): Promise<Map<SubgraphName, Seed>> {
  const marked = new Map<SubgraphName, Seed>();
  for (const name of subgraphNames) {
    const seed = await connected(urls[name], readMarker);
    if (seed !== null) marked.set(name, seed);
  }
  return marked;
}

async function fillMarked(
  { databaseUrls, objects = null, onProgress }: DemoOptions,
  name: SubgraphName,
  seed: Seed,
  world: World,
): Promise<void> {
  await connected(databaseUrls[name], async (client) => {
    if (world.scale === 0) return markAs(client, seed);
    await fillDatabase(client, name, {
      world,
      objects,
      seed,
      onStep: (step) => onProgress(name, step),
    });
  });
}

async function connected<Result>(
  connectionString: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ connectionString });
  // The statement under way says so, too: without this one the process would end.
  client.on('error', () => undefined);
  await client.connect();
  return work(client).finally(() => client.end());
}
