import { readFileSync } from 'node:fs';
import { metricsText } from '@civitas/platform/telemetry';
import { expect, onTestFinished, test } from 'vitest';
import { createGateway } from '../create-gateway.ts';
import { loadSupergraph } from '../supergraph/load-supergraph.ts';
import { silent } from '../testing/compose.ts';
import { post } from '../testing/opened-gateway.ts';
import { acknowledgedSocket, subscribeMessage } from '../testing/socket-client.ts';
import { userWith } from '../testing/town-gateway.ts';

const SUPERGRAPH = readFileSync(new URL('../../../supergraph.graphql', import.meta.url), 'utf8');
/** One caller's line has 64 places, and one more is under way. */
const HOSTILE = 80;

/** The graph of the house in front of subgraphs that answer nothing. */
async function opened() {
  const answer = async () => ({ data: {} });
  const nothing = async () => undefined;
  const { subgraphs } = loadSupergraph(SUPERGRAPH);
  const gateway = await createGateway({
    supergraphSdl: SUPERGRAPH,
    transports: new Map(
      subgraphs.map(({ name }) => [
        name,
        { execute: answer, subscribe: answer, ready: nothing, close: nothing },
      ]),
    ),
    verifyAccessToken: async (id) => ({ ...userWith(), id }),
    log: silent,
    introspection: true,
    measured: true,
  });
  onTestFinished(() => gateway.stop());
  return gateway.listen({ port: 0, host: '127.0.0.1' });
}

/**
 * Fields of persons in all subgraphs, under conditions: the planner has so many ways to compare that it takes
 * a tenth of a second, also where its code has long been compiled.
 */
const hard = (n: number) => `query Hard${n}($a: Boolean = true, $b: Boolean = false) {
  encounter(id: "i${n}") @include(if: $a) {
    officer {
      goodsSold @skip(if: $b) { units }
      subjectInvitations {
        role
        invitedBy {
          goodsSold { units }
          subjectInvitations { role invitedBy { orders(first: 3) { edges { cursor } } } }
        }
      }
    }
  }
}`;
const fresh = (n: number) => `query Fresh${n} { subjects(first: ${n + 1}) { edges { cursor } } }`;

test('whoever sends operations that are hard to plan waits in their own line, is told so, and leaves nothing behind', async () => {
  const { url } = await opened();
  const as = (id: string) => ({ authorization: `Bearer ${id}` });
  const left = new AbortController();
  const outcomes: (readonly [number, string | null, string | undefined])[] = [];
  const hostile = Array.from({ length: HOSTILE }, async (_, n) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...as('usr_hostile') },
      body: JSON.stringify({ query: hard(n) }),
      signal: left.signal,
    });
    const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
    const code = errors?.[0]?.extensions.code;
    outcomes.push([response.status, response.headers.get('retry-after'), code]);
  });
  const over = Promise.allSettled(hostile);
  const refused = () => outcomes.filter(([status]) => status === 429);
  await expect.poll(() => refused().length, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(new Set(refused().map(String))).toEqual(new Set(['429,1,RATE_LIMITED']));

  // Others read, by operations that are new, on either door, while dozens are in that line.
  const client = await acknowledgedSocket(url, as('usr_other'));
  expect((await post(url, { query: fresh(1) }, as('usr_other'))).status).toBe(200);
  client.send(subscribeMessage('1', fresh(2)));
  expect(await client.next()).toMatchObject({ type: 'next' });
  expect(outcomes.length).toBeLessThan(HOSTILE - 10);

  // Nobody waits for the rest any more, so it is not planned.
  left.abort();
  await over;
  const planned = async () =>
    Number(/^civitas_plans_total\{result="miss"\} (\d+)$/m.exec(await metricsText())?.[1]);
  const before = await planned();
  const again = async () => (await post(url, { query: fresh(3) }, as('usr_hostile'))).status;
  await expect.poll(again, { timeout: 10_000 }).toBe(200);
  // The one that was under way, and this one.
  expect((await planned()) - before).toBeLessThanOrEqual(2);
});
