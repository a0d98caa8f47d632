import pg from 'pg';
import { median, printTable, quantile } from '../statistics.ts';
import { pick } from './population.ts';
import type { Asked, openSubgraphs } from './subgraphs.ts';
import { explainAgain, timeStatements } from './time-statements.ts';

const SAMPLES = 60;
const WARM_UP = 6;

/**
 * What people type. Names are first names and surnames of syllables, the early ones far more often, and
 * so share most of their trigrams with thousands of others.
 */
const SEARCHES: Readonly<Record<string, readonly string[]>> = {
  'three letters': ['wil', 'ann', 'ber', 'jor', 'cla', 'tho'],
  'a longer beginning': ['katmar', 'joria', 'annna gar', 'rosli', 'berna ste'],
  'a handle': ['anna-berber-100', 'jolen-steingar-2', 'felia-mey'],
  'a frequent whole name': ['Anna Berber', 'Anna Garber', 'Mana Berber', 'Anna Linber'],
  'a whole name': ['Jolen Steingar', 'Kahan Waldel', 'Rosria Meyhof', 'Pelen Martin'],
  'a surname alone': ['Berber', 'Steingar', 'Meyhof', 'Petmar'],
  'a frequent name with a typo': ['Ana Berbr', 'Anna Garbr', 'Mana Beber'],
  'a name with a typo': ['Jolne Steingra', 'Khan Waldle', 'Rosrai Meyhfo', 'Pelne Matrin'],
  nobody: ['Xyzzy Quux', 'Wvvtz', 'Nnnnnn Mmmmmm'],
  'sixty letters': ['anna berber '.repeat(5), 'a'.repeat(60), 'ber'.repeat(20)],
};

const QUERY = /* GraphQL */ `
  query ($word: String!, $kind: UserKind, $after: String) {
    searchPeople(query: $word, kind: $kind, first: 20, after: $after) {
      edges { node { id displayName } }
      pageInfo { endCursor hasNextPage }
    }
  }
`;

type Subgraphs = Awaited<ReturnType<typeof openSubgraphs>>;

/** How long the people search takes: as the subgraph waits for it, and by what Postgres itself says. */
export async function measureSearch(
  { ask }: Subgraphs,
  urls: Readonly<Record<Asked, string>>,
  only: string,
): Promise<void> {
  const client = new pg.Client({ connectionString: urls.identity });
  await client.connect();
  const rows: Record<string, string>[] = [];
  const measure = async (name: string, variables: () => Record<string, unknown>) => {
    if (!name.includes(only)) return;
    const [took, postgres]: [number[], number[]] = [[], []];
    for (let n = -WARM_UP; n < SAMPLES; n += 1) {
      const given = variables();
      const timed = await timeStatements(() => ask('identity', QUERY, given));
      const itself = n % 4 === 0 ? await explainAgain(client, timed.statements) : null;
      if (n < 0) continue;
      took.push(timed.took);
      if (itself !== null) postgres.push(itself);
    }
    rows.push({
      name,
      'p50 ms': median(took).toFixed(1),
      'p95 ms': quantile(took, 0.95).toFixed(1),
      'worst ms': Math.max(...took).toFixed(1),
      'Postgres p95 ms': quantile(postgres, 0.95).toFixed(1),
    });
  };
  try {
    for (const [name, words] of Object.entries(SEARCHES)) {
      await measure(name, () => ({ word: pick(words).trim() }));
    }
    const kinds = ['OFFICER', 'DONOR', 'FAMILY'];
    await measure('a whole name of a rare kind', () => ({
      word: pick(SEARCHES['a whole name'] ?? []),
      kind: pick(kinds),
    }));
    const { pageInfo } = (await ask('identity', QUERY, { word: 'ann' })).searchPeople;
    await measure('the second page', () => ({ word: 'ann', after: pageInfo.endCursor }));
  } finally {
    await client.end();
  }
  printTable('civic: people search', rows);
}
