import pg from 'pg';
import { median, printTable, quantile } from '../statistics.ts';
import { busiest, pick, somebody } from './population.ts';
import { QUESTIONS, type Question } from './questions.ts';
import type { Asked, openSubgraphs } from './subgraphs.ts';
import { explainAgain, timeStatements } from './time-statements.ts';

const SAMPLES = 300;
/** Dear ones are asked less often. */
const SAMPLES_OF_MANY = 60;
/** Before them, so that neither our code nor its prepared statements are new. */
const WARM_UP = 100;
/** Pages of the busiest person's list that are turned at most to find deep ones. */
const PAGES = 200;

type Subgraphs = Awaited<ReturnType<typeof openSubgraphs>>;
type Urls = Readonly<Record<Asked, string>>;
type Statement = readonly [text: string, values: readonly unknown[]];

interface Measured {
  readonly name: string;
  readonly baseline: string;
  readonly subgraph: Asked;
  readonly samples: number;
  /** Asks the subgraph, and says how the baseline asks for the same. */
  readonly sample: () => {
    readonly query: string;
    readonly variables: Record<string, unknown>;
    readonly naive: readonly Statement[];
  };
}

/**
 * What each question costs in the database: the very statements that the subgraphs send, timed as they
 * are sent, one question at a time; after each one the baseline, for other parents of the same kind, so
 * that neither finds its pages warmed by the other.
 */
export async function measureDatabase(
  subgraphs: Subgraphs,
  urls: Urls,
  handles: readonly string[],
  only: string,
): Promise<void> {
  const clients = new Map<Asked, pg.Client>();
  for (const [name, connectionString] of Object.entries(urls)) {
    const client = new pg.Client({ connectionString });
    await client.connect();
    clients.set(name as Asked, client);
  }
  const rows: Record<string, string>[] = [];
  try {
    for (const measured of await everything(subgraphs, handles)) {
      if (!measured.name.includes(only)) continue;
      const [ours, postgres, theirs]: [number[], number[], number[]] = [[], [], []];
      for (let n = measured.samples < SAMPLES ? -3 : -WARM_UP; n < measured.samples; n += 1) {
        const { query, variables } = measured.sample();
        const timed = await timeStatements(() =>
          subgraphs.ask(measured.subgraph, query, variables),
        );
        if (n < -3) continue;
        const client = clients.get(measured.subgraph);
        if (!client) throw new Error(`${measured.subgraph} has no database.`);
        const itself = await explainAgain(client, timed.statements);
        const naive = await timeStatements(async () => {
          for (const [text, values] of measured.sample().naive) {
            await client.query(text, [...values]);
          }
        });
        if (n < 0) continue;
        ours.push(timed.took);
        postgres.push(itself);
        theirs.push(naive.took);
      }
      rows.push({
        name: measured.name,
        'p50 ms': median(ours).toFixed(2),
        'p95 ms': quantile(ours, 0.95).toFixed(2),
        'p99 ms': quantile(ours, 0.99).toFixed(2),
        'Postgres p95 ms': quantile(postgres, 0.95).toFixed(2),
        'baseline p95 ms': quantile(theirs, 0.95).toFixed(2),
        '÷ baseline': (quantile(ours, 0.95) / quantile(theirs, 0.95)).toFixed(3),
        baseline: measured.baseline,
      });
    }
  } finally {
    for (const client of clients.values()) await client.end();
  }
  printTable('civic: in the database, all statements of a question together', rows);
}

async function everything(subgraphs: Subgraphs, handles: readonly string[]): Promise<Measured[]> {
  const measured: Measured[] = [byHandle(handles)];
  for (const parents of [1, 50, 100]) {
    for (const question of QUESTIONS) measured.push(ofParents(question, parents));
  }
  for (const question of QUESTIONS) {
    if (question.list !== undefined) measured.push(await deepPages(subgraphs, question));
  }
  return measured;
}

const byHandle = (handles: readonly string[]): Measured => ({
  name: '1 person by handle',
  baseline: 'lower(handle) = lower($1), which no index serves',
  subgraph: 'identity',
  samples: SAMPLES_OF_MANY,
  sample: () => {
    const handle = pick(handles);
    return {
      query: `query ($handle: String!) { userByHandle(handle: $handle) { id displayName bio } }`,
      variables: { handle },
      naive: [['SELECT * FROM "user" WHERE lower(handle) = lower($1)', [handle]]],
    };
  },
});

const references = (ids: readonly string[], type: string) =>
  ids.map((id) => ({ __typename: type, id }));

function ofParents(question: Question, parents: number): Measured {
  const { name, naiveName: baseline, subgraph, kind, type, query, naive } = question;
  return {
    name: `${name}, ${parents}`,
    baseline,
    subgraph,
    samples: parents === 1 ? SAMPLES : SAMPLES_OF_MANY,
    sample: () => {
      const ids = Array.from({ length: parents }, () => somebody(kind));
      return {
        query,
        variables: { of: references(ids, type) },
        naive: ids.map((id) => [naive, [id]]),
      };
    },
  };
}

/** Pages of the busiest person's list by their cursors; the baseline skips as many rows. */
async function deepPages(subgraphs: Subgraphs, question: Question): Promise<Measured> {
  const { name, subgraph, kind, type, query, naivePage = '' } = question;
  const of = references([busiest(kind)], type);
  const cursors: string[] = [];
  for (let after: string | null = null; cursors.length < PAGES; ) {
    const data = await subgraphs.ask(subgraph, query, { of, after });
    const { endCursor, hasNextPage } = data._entities[0].list.pageInfo;
    if (!hasNextPage) break;
    cursors.push(endCursor);
    after = endCursor;
  }
  // Only the second half: what is deep.
  const first = Math.floor(cursors.length / 2);
  return {
    name: `${name}, rows ${first * 20} to ${cursors.length * 20}`,
    baseline: 'OFFSET',
    subgraph,
    samples: SAMPLES_OF_MANY,
    sample: () => {
      const page = first + Math.floor(Math.random() * (cursors.length - first));
      return {
        query,
        variables: { of, after: cursors[page] },
        naive: [[naivePage, [busiest(kind), (page + 1) * 20]]],
      };
    },
  };
}
