import type { ObjectStore } from '@civitas/platform/objects';
import { loadInBulk } from '@civitas/postgres/bulk';
import type { ClientBase } from 'pg';
import type { Seed } from '../arguments.ts';
import { LocalStartError } from '../local-start-error.ts';
import type { SubgraphName } from '../subgraph-names.ts';
import { audits } from './audits.ts';
import { loadCommunities } from './communities.ts';
import { loadContent } from './content.ts';
import { countInserts } from './count-inserts.ts';
import { loadFinance } from './finance.ts';
import { loadIdentity } from './identity.ts';
import { loadMarketplace } from './marketplace.ts';
import { markAs } from './seed-marker.ts';
import { settle } from './settle.ts';
import type { World } from './world.ts';

type Loader = (client: ClientBase, world: World, objects: ObjectStore | null) => Promise<void>;

/** Each writes the rows of one domain in the order in which they refer to each other. */
export const loaders: Readonly<Record<SubgraphName, Loader>> = {
  identity: loadIdentity,
  content: loadContent,
  marketplace: loadMarketplace,
  communities: loadCommunities,
  finance: loadFinance,
};

/**
 * Rows that loaders write per unit of scale, so that a large seed can say how far it is. A
 * test compares them with what is really written.
 */
export const expectedRows: Readonly<Record<SubgraphName, number>> = {
  identity: 13_006,
  content: 11_654,
  marketplace: 25_643,
  communities: 19_987,
  finance: 22_487,
};

export interface LoadStep {
  readonly doing: 'rows' | 'indexes' | 'audits' | 'done';
  readonly rows: number;
  /** About how many there will be. */
  readonly expected: number;
}

interface FillOptions {
  readonly world: World;
  readonly objects: ObjectStore | null;
  readonly seed: Seed;
  readonly onStep: (step: LoadStep) => void;
}

/** @throws LocalStartError when there is anything in the database, which is left as it is. */
export async function fillDatabase(
  client: ClientBase,
  name: SubgraphName,
  { world, objects, seed, onStep }: FillOptions,
): Promise<void> {
  const tables = await emptyTables(client, name, seed);
  const expected = expectedRows[name] * world.scale;
  let rows = 0;
  const counted = countInserts(client, (total) => {
    rows = total;
    onStep({ doing: 'rows', rows, expected });
  });
  await loadInBulk(client, {
    tables,
    fill: async () => {
      await loaders[name](counted, world, objects);
      for (const statement of settle[name]) await client.query(statement);
      await markAs(client, seed);
    },
    audits: audits[name],
    onStep: (doing) => onStep({ doing, rows, expected }),
  });
  onStep({ doing: 'done', rows, expected });
}

/** All tables of the subgraph. They will be emptied first, so nothing may be in them. */
async function emptyTables(client: ClientBase, name: SubgraphName, seed: Seed): Promise<string[]> {
  const { rows } = await client.query<{ table: string }>(
    `SELECT oid::regclass::text AS table FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> '_prisma_migrations'
     ORDER BY 1`,
  );
  for (const { table } of rows) {
    const { rowCount } = await client.query(`SELECT FROM ${table} LIMIT 1`);
    if (rowCount === 0) continue;
    throw new LocalStartError(
      `The database of ${name} has rows of its own, in ${table}: --seed ${seed} fills empty databases only. Start with --seed none to keep them.`,
    );
  }
  return rows.map(({ table }) => table);
}
