import { Pool } from 'undici';
import type { LocalServer } from '../local-server.ts';
import { median, printTable, quantile } from '../statistics.ts';
import { type Kind, pick, somebody } from './population.ts';
import type { CivicBenchOptions } from './read-options.ts';

const CONNECTIONS = 20;
const ROUND_SECONDS = 2;
/** Pages of people whose cursors are known, to begin lists in many places. */
const PAGES = 40;

interface Asked {
  readonly name: string;
  readonly connections: number;
  body(): string;
}

const OFFICERS_MET = `... on Civilian { officersMet(first: 20) {
  edges { metCount lastMetAt node { id displayName department } } pageInfo { hasNextPage endCursor } } }`;
const DONATIONS = `donationsReceived(first: 20) {
  edges { node { id amount { amountMinor currency } donatedAt message donor { id displayName } } }
  pageInfo { hasNextPage endCursor } }`;
const GOODS_SOLD = 'goodsSold { units orders }';
const PERSON = 'id displayName handle bio joinedAt ... on Merchant { tradeName category verified }';

/** The questions over HTTP, each in rounds in turn, so that all meet the same noise. */
export async function measureGateway(
  server: LocalServer,
  handles: readonly string[],
  { question: only, rounds }: CivicBenchOptions,
): Promise<void> {
  const { origin, pathname: path } = new URL(server.url);
  const pool = new Pool(origin, { connections: CONNECTIONS });
  const post = async (body: string) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await pool.request({ method: 'POST', path, headers, body });
    const text = await answer.body.text();
    if (answer.statusCode !== 200 || text.includes('"errors"')) throw new Error(text.slice(0, 500));
    return text;
  };
  const questions = (await everything(post, handles)).filter(
    ({ name }) => name === BASELINE || name.includes(only),
  );
  const latencies = new Map(questions.map(({ name }) => [name, [] as number[]]));
  const requests = new Map<string, number>();
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, connections, body } of questions) {
      const end = performance.now() + ROUND_SECONDS * 1000;
      const client = async () => {
        while (performance.now() < end) {
          const sentAt = performance.now();
          await post(body());
          if (round >= 0) latencies.get(name)?.push(performance.now() - sentAt);
        }
      };
      await Promise.all(Array.from({ length: connections }, client));
      requests.set(name, latencies.get(name)?.length ?? 0);
    }
  }
  await pool.close();
  const baseline = quantile(latencies.get(BASELINE) ?? [], 0.95);
  printTable(
    `civic: through the gateway, ${rounds} interleaved rounds`,
    questions.map(({ name, connections }) => {
      const took = latencies.get(name) ?? [];
      return {
        name,
        'at a time': String(connections),
        'per second': ((requests.get(name) ?? 0) / (rounds * ROUND_SECONDS)).toFixed(0),
        'p50 ms': median(took).toFixed(1),
        'p95 ms': quantile(took, 0.95).toFixed(1),
        'p99 ms': quantile(took, 0.99).toFixed(1),
        '÷ baseline': (quantile(took, 0.95) / baseline).toFixed(2),
      };
    }),
  );
}

const BASELINE = '{ __typename }';

async function everything(
  post: (body: string) => Promise<string>,
  handles: readonly string[],
): Promise<Asked[]> {
  const one = (name: string, kind: Kind, fields: string, connections = CONNECTIONS): Asked => ({
    name,
    connections,
    body: () =>
      JSON.stringify({
        query: `query ($id: ID!) { user(id: $id) { __typename ${fields} } }`,
        variables: { id: somebody(kind) },
      }),
  });
  const known = new Map<string, readonly (string | null)[]>();
  const many = async (
    name: string,
    kind: Kind,
    fields: string,
    first: number,
    connections: number,
  ): Promise<Asked> => {
    const query = `query ($after: String) { users(kind: ${kind}, first: ${first}, after: $after) {
      edges { node { id ${fields.replace('first: 20', `first: ${first === 100 ? 5 : 10}`)} } } } }`;
    const cursors = await (known.get(`${kind} ${first}`) ?? cursorsOf(post, kind, first));
    known.set(`${kind} ${first}`, cursors);
    return {
      name: `${name} of ${first}, ${connections} at a time`,
      connections,
      body: () => JSON.stringify({ query, variables: { after: pick(cursors) } }),
    };
  };
  const asked: Asked[] = [
    { name: BASELINE, connections: CONNECTIONS, body: () => JSON.stringify({ query: BASELINE }) },
    one('1 person by id', 'MERCHANT', PERSON),
    {
      name: '1 person by handle',
      connections: CONNECTIONS,
      body: () =>
        JSON.stringify({
          query: `query ($handle: String!) { userByHandle(handle: $handle) { __typename ${PERSON} } }`,
          variables: { handle: pick(handles) },
        }),
    },
    // What the goal is about: how long somebody waits, not how many can wait at once.
    one('1 person by id, alone', 'MERCHANT', PERSON, 1),
    one('2 officers met, alone', 'CIVILIAN', OFFICERS_MET, 1),
    one('3 donations received, alone', 'FAMILY', DONATIONS, 1),
    one('4 goods sold, alone', 'MERCHANT', GOODS_SOLD, 1),
    one('2 officers met', 'CIVILIAN', OFFICERS_MET),
    one('3 donations received', 'FAMILY', DONATIONS),
    one('4 goods sold', 'MERCHANT', GOODS_SOLD),
  ];
  for (const [first, connections] of [
    [50, 1],
    [100, 1],
    [100, CONNECTIONS],
  ] as const) {
    asked.push(
      await many('1 people', 'MERCHANT', PERSON, first, connections),
      await many('2 officers met', 'CIVILIAN', OFFICERS_MET, first, connections),
      await many('3 donations received', 'FAMILY', DONATIONS, first, connections),
      await many('4 goods sold', 'MERCHANT', GOODS_SOLD, first, connections),
    );
  }
  return asked;
}

/** Where pages of people of a kind begin. */
async function cursorsOf(
  post: (body: string) => Promise<string>,
  kind: Kind,
  first: number,
): Promise<(string | null)[]> {
  const query = `query ($after: String) { users(kind: ${kind}, first: ${first}, after: $after) {
    pageInfo { hasNextPage endCursor } } }`;
  const cursors: (string | null)[] = [null];
  while (cursors.length < PAGES) {
    const text = await post(JSON.stringify({ query, variables: { after: cursors.at(-1) } }));
    const { hasNextPage, endCursor } = JSON.parse(text).data.users.pageInfo;
    if (!hasNextPage) break;
    cursors.push(endCursor);
  }
  return cursors;
}
