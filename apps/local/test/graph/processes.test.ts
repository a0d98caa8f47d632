import { readFileSync } from 'node:fs';
import { signInternalToken } from '@civitas/platform/subgraph';
import { describe, expect, test } from 'vitest';
import { subgraphNames } from '../../src/subgraph-names.ts';
import { INTERNAL_SECRET, useGraph } from './use-graph.ts';

const TOWN = readFileSync(new URL('../../../../operations/town.graphql', import.meta.url), 'utf8');
const graph = useGraph('many processes');
const viewer = {
  type: 'user',
  id: 'usr_01h455vb4pex5vsknk084sn02q',
  kind: 'CIVILIAN',
  roles: ['ADMINISTRATOR'],
  scopes: [],
  sessionId: 'ses_01h455vb4pex5vsknk084sn02q',
} as const;

async function direct(name: (typeof subgraphNames)[number], query: string, token?: string) {
  const url = graph.processes?.subgraphs[name].url ?? '';
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { 'x-civitas-viewer': token }),
    },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, text: await response.text() };
}

describe.each(subgraphNames)('%s, called directly', (name) => {
  test.each([
    '{ __typename }',
    '{ _service { sdl } }',
    '{ _entities(representations: []) { __typename } }',
  ])('refuses %s without the signature of the gateway', async (query) => {
    const { status, text } = await direct(name, query);
    expect(status).toBe(401);
    expect(JSON.parse(text).errors[0].extensions.code).toBe('INTERNAL_CALLER_REQUIRED');
    expect(text).not.toContain('data');
  });

  test('refuses a signature with another key, for another subgraph, or for another body', async () => {
    const query = '{ __typename }';
    const body = JSON.stringify({ query });
    const claims = { viewer, requestId: 'r', audience: name, body };
    for (const token of [
      await signInternalToken(claims, 'x'.repeat(32)),
      await signInternalToken({ ...claims, audience: 'another' }, INTERNAL_SECRET),
      await signInternalToken({ ...claims, body: `${body} ` }, INTERNAL_SECRET),
    ]) {
      expect((await direct(name, query, token)).status).toBe(401);
    }
    const signed = await signInternalToken(claims, INTERNAL_SECRET);
    expect((await direct(name, query, signed)).status).toBe(200);
  });
});

test('headers of a client that look like ours reach no subgraph', async () => {
  const body = JSON.stringify({ query: '{ me { id } }' });
  const forged = await signInternalToken(
    { viewer, requestId: 'r', audience: 'identity', body },
    INTERNAL_SECRET,
  );
  const response = await fetch(graph.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-civitas-viewer': forged },
    body,
  });
  expect(await response.json()).toEqual({ data: { me: null } });
});

// Last in this file: it ends a process that the tests above need.
test('with one subgraph killed the others still answer, and the gap has a code', async () => {
  const first = (kind: 'CIVILIAN' | 'FAMILY' | 'MERCHANT') => graph.world.ofKind(kind)[0]?.id;
  const variables = {
    civilian: first('CIVILIAN'),
    family: first('FAMILY'),
    merchant: first('MERCHANT'),
  };
  const finance = graph.processes?.subgraphs.finance;
  process.kill(finance?.pid ?? 0, 'SIGKILL');
  await finance?.ended;
  const { status, data, errors } = await graph.ask(TOWN, variables);
  expect(status).toBe(200);
  expect(data.family).toMatchObject({ displayName: expect.any(String), donationsReceived: null });
  expect(data.civilian.subjects.edges.length).toBeGreaterThan(0);
  expect(data.merchant.goodsSold.units).toBeGreaterThan(0);
  expect(errors?.map(({ extensions }) => extensions.code)).toContain('SUBGRAPH_UNAVAILABLE');
  expect(JSON.stringify(errors)).not.toMatch(/127\.0\.0\.1|ECONNREFUSED|finance/);
  expect((await fetch(new URL('/health/ready', graph.url))).status).toBe(200);
  const subgraphs = await fetch(new URL('/health/subgraphs', graph.url));
  expect(await subgraphs.json()).toMatchObject({ subgraphs: { finance: 'down', content: 'up' } });
});
