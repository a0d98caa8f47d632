import { readFileSync } from 'node:fs';
import { createLogger } from '@civitas/platform/telemetry';
import { recordSent } from '@civitas/testkit';
import { beforeAll, expect, test } from 'vitest';
import { startInProcessGraph } from '../src/in-process-graph.ts';
import { composeSupergraph } from '../src/supergraph.ts';
import { CROWD, fillWithCrowd, idOf } from './set-up/crowd.ts';
import { explain } from './set-up/explain.ts';
import { openDatabases, type TestDatabases } from './set-up/open-databases.ts';
import { ENCRYPTION_SECRET, REFRESH_SECRET } from './set-up/open-subgraphs.ts';

// The four questions of the domain through the gateway: how many SQL statements each takes, for one
// parent and for a list of them, and that Postgres answers every one from indexes, in their order.

let databases: TestDatabases;
let url: string;

beforeAll(async () => {
  databases = await openDatabases({ demo: false });
  await fillWithCrowd(databases);
  const graph = await startInProcessGraph({
    databaseUrls: databases.urls,
    refreshSecret: REFRESH_SECRET,
    encryptionSecret: ENCRYPTION_SECRET,
    publicUrl: 'http://localhost:4000',
    supergraphSdl: await composeSupergraph(),
    log: createLogger({ name: 'test', level: 'silent' }),
  });
  ({ url } = await graph.gateway.listen({ port: 0, host: '127.0.0.1' }));
  return async () => {
    await graph.stop();
    await databases.drop();
  };
}, 60_000);

const operation = (name: string) =>
  readFileSync(new URL(`../../../operations/civic/${name}.graphql`, import.meta.url), 'utf8');

const person = (kind: keyof typeof CROWD, n = 0) => idOf('usr', CROWD[kind].from + n);

/** Sends an operation and explains the statements it took, by the tables they read. */
async function ask(query: string, variables: object = {}) {
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they asked for
  let answer: any;
  const sent = await recordSent(async () => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ query, variables });
    answer = await (await fetch(url, { method: 'POST', headers, body })).json();
  });
  expect(answer.errors).toBeUndefined();
  // Relays and workers look for work meanwhile.
  const asked = sent.filter(({ text }) =>
    /FROM (\S*\.)?"?(user|acqu|unnest|party|merchant_s)/.test(text),
  );
  const statements: string[] = [];
  for (const each of asked) {
    const steps = await explain(databases.urls, each);
    expect({ each, steps: steps.filter((step) => /Seq Scan|Sort|Hash/.test(step)) }).toEqual({
      each,
      steps: [],
    });
    statements.push(steps.flatMap((step) => / Scan (\w+)$/.exec(step)?.[1] ?? []).join(' ⋈ '));
  }
  return { data: answer.data, statements: statements.toSorted() };
}

test('who a person is takes one statement by id and one by handle', async () => {
  const variables = { id: person('MERCHANT'), handle: `person-${CROWD.MERCHANT.from}` };
  const { data, statements } = await ask(operation('person'), variables);
  expect(data.user).toMatchObject({ id: person('MERCHANT'), tradeName: 'Shop' });
  expect(data.userByHandle).toEqual(data.user);
  expect(statements).toEqual(['user', 'user']);
});

test('whom a civilian has met is one statement, and who they are another, on every page', async () => {
  let after = null;
  for (let page = 0; page < 2; page += 1) {
    const variables = { civilian: person('CIVILIAN', page), first: 5, after };
    const { data, statements } = await ask(operation('officers-met'), variables);
    expect(data.user.officersMet.edges).toHaveLength(5);
    expect(statements).toEqual(['acquaintance', 'user', 'user']);
    after = data.user.officersMet.pageInfo.endCursor;
  }
});

test('the donations to a family are one statement, their sum another, on every page', async () => {
  let after = null;
  for (let page = 0; page < 2; page += 1) {
    const variables = { family: person('FAMILY', page), first: 5, after };
    const { data, statements } = await ask(operation('donations-to-family'), variables);
    expect(data.user.donationsReceived.edges).toHaveLength(5);
    expect(statements).toEqual(['donation ⋈ entry', 'party ⋈ donation_total', 'user', 'user']);
    after = data.user.donationsReceived.pageInfo.endCursor;
  }
});

test('what a merchant has sold is one row', async () => {
  const { data, statements } = await ask(operation('goods-sold'), {
    merchant: person('MERCHANT', 1),
  });
  expect(data.user.goodsSold).toEqual({ units: 7, orders: 3 });
  expect(statements).toEqual(['merchant_sales', 'user']);
});

test.each([
  [
    'CIVILIAN',
    '... on Civilian { officersMet(first: 5) { edges { node { displayName } } } }',
    ['acquaintance', 'user'],
  ],
  [
    'FAMILY',
    'donationsReceived(first: 5) { edges { node { message donor { displayName } } } }',
    ['donation ⋈ entry', 'user'],
  ],
  ['MERCHANT', 'goodsSold { units }', ['merchant_sales']],
] as const)('of fifty people (%s) it is one statement per level', async (kind, fields, levels) => {
  const list = `{ users(kind: ${kind}, first: 50) { edges { node { id ${fields} } } } }`;
  const { data, statements } = await ask(list);
  expect(data.users.edges).toHaveLength(50);
  expect(JSON.stringify(data).match(/displayName|units/g)?.length).toBeGreaterThanOrEqual(50);
  expect(statements).toEqual([...levels, 'user'].toSorted());
});
