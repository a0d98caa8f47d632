import {
  createPushIterator,
  type Subgraph,
  type SubgraphTransport,
} from '@civitas/platform/subgraph';
import { expect, onTestFinished, test } from 'vitest';
import { createGateway, type GatewayOptions } from '../create-gateway.ts';
import { inProcessTransport } from '../execution/transports/in-process.ts';
import { compose, miniSubgraph, silent } from '../testing/compose.ts';
import { post } from '../testing/opened-gateway.ts';
import { SupergraphError } from './load-supergraph.ts';

const garden = () =>
  miniSubgraph('garden', 'type Query { bench: String }', { Query: { bench: () => 'free' } });

/** The library as it grows. */
const library = (more = '', value = 'full') =>
  miniSubgraph('library', `type Query { shelf: String ${more} }`, {
    Query: { shelf: () => value, attic: () => 'dusty' },
  });

const transportsTo = (...subgraphs: readonly Subgraph[]) =>
  new Map<string, SubgraphTransport>(
    subgraphs.map((subgraph) => [subgraph.name, inProcessTransport(subgraph)]),
  );

async function opened(options: Partial<GatewayOptions> = {}) {
  const gateway = await createGateway({
    supergraphSdl: compose([garden(), library()]),
    transports: transportsTo(garden(), library('attic: String')),
    verifyAccessToken: async () => ({ type: 'anonymous' }),
    log: silent,
    introspection: true,
    ...options,
  });
  onTestFinished(() => gateway.stop());
  const ask = async (query: string) => (await gateway.execute({ query })).result;
  return { gateway, ask };
}

const WITH_ATTIC = compose([garden(), library('attic: String')]);

test('a reload under load: no request fails, and the new fields are there afterwards', async () => {
  const { gateway, ask } = await opened();
  const { url } = await gateway.listen({ port: 0, host: '127.0.0.1' });
  await post(url, { query: '{ shelf bench }' });
  const statuses: number[] = [];
  const answers = new Set<string>();
  let isReloading = true;
  const load = Array.from({ length: 8 }, async () => {
    while (isReloading) {
      const response = await post(url, { query: '{ shelf bench }' });
      statuses.push(response.status);
      answers.add(await response.text());
    }
  });
  expect(await ask('{ attic }')).toMatchObject({
    errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
  });
  const old = compose([garden(), library()]);
  for (const supergraphSdl of [WITH_ATTIC, old, WITH_ATTIC, old, WITH_ATTIC]) {
    const { warm, documents } = await gateway.reload(supergraphSdl);
    expect(documents).toBeGreaterThan(0);
    expect(warm).toBeGreaterThan(0);
  }
  isReloading = false;
  await Promise.all(load);
  expect(statuses.length).toBeGreaterThan(8);
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect([...answers]).toEqual(['{"data":{"shelf":"full","bench":"free"}}']);
  expect(await ask('{ attic }')).toEqual({ data: { attic: 'dusty' } });
  expect(gateway.schema.getQueryType()?.getFields()).toHaveProperty('attic');
});

test('what is asked most is planned before the swap', async () => {
  const { gateway, ask } = await opened();
  for (let times = 0; times < 3; times++) await ask('query Often { shelf }');
  await ask('query Gone { bench }');
  const withoutBench = compose([
    miniSubgraph('garden', 'type Query { pond: String }', {}),
    library(),
  ]);
  // The document that no longer fits is passed over.
  expect(await gateway.reload(withoutBench)).toEqual({ documents: 2, warm: 1 });
  expect(await ask('query Often { shelf }')).toEqual({ data: { shelf: 'full' } });
});

test.each([
  ['that does not parse', 'type Query {'],
  ['that is no supergraph', 'type Query { shelf: String }'],
  [
    'of a subgraph nobody can reach',
    compose([garden(), library(), miniSubgraph('zoo', 'type Query { lion: String }', {})]),
  ],
])('a supergraph %s is refused, and the old one serves on', async (_, supergraphSdl) => {
  const { gateway, ask } = await opened();
  await expect(gateway.reload(supergraphSdl)).rejects.toThrow(SupergraphError);
  expect(await ask('{ shelf bench }')).toEqual({ data: { shelf: 'full', bench: 'free' } });
  // And a good one after it is taken.
  await gateway.reload(WITH_ATTIC);
  expect(await ask('{ attic }')).toEqual({ data: { attic: 'dusty' } });
});

test('a running request finishes on the old supergraph; what it uses is closed later', async () => {
  const asked = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const slow: SubgraphTransport = {
    ...inProcessTransport(library()),
    execute: async () => {
      asked.resolve();
      await release.promise;
      return { data: { shelf: 'old' } };
    },
    close: async () => closed.resolve(),
  };
  const transports = transportsTo(garden(), library());
  const { gateway, ask } = await opened({
    transports: new Map([...transports, ['library', slow]]),
    deadlineMs: 400,
  });
  const running = ask('{ shelf }');
  await asked.promise;
  await gateway.reload(WITH_ATTIC, transportsTo(garden(), library('', 'new')));
  expect(await ask('{ shelf }')).toEqual({ data: { shelf: 'new' } });
  release.resolve();
  expect(await running).toEqual({ data: { shelf: 'old' } });
  await closed.promise;
});

test('is ready only when the documents it knows of are planned', async () => {
  const { gateway } = await opened({ knownOperations: ['query A { shelf }', 'query B { nope }'] });
  expect(gateway.ready()).toBe(false);
  await gateway.listen({ port: 0, host: '127.0.0.1' });
  await expect.poll(gateway.ready, { timeout: 5_000 }).toBe(true);
});

test('an open subscription goes on, joined by the new supergraph', async () => {
  const source = createPushIterator<{ lent: { book: { isbn: string } } }>();
  const sales = miniSubgraph(
    'sales',
    `type Query { open: Boolean }
     type Subscription { lent: Loan }
     type Loan { book: Book }
     type Book @key(fields: "isbn", resolvable: false) { isbn: ID! }`,
    { Subscription: { lent: { subscribe: () => source } } },
  );
  const books = (title: string) =>
    miniSubgraph(
      'library',
      'type Query { x: Int } type Book @key(fields: "isbn") { isbn: ID! title: String }',
      {
        Book: { __resolveReference: ({ isbn }: { isbn: string }) => ({ isbn, title }) },
      },
    );
  const supergraphSdl = compose([sales, books('')]);
  const { gateway } = await opened({
    supergraphSdl,
    transports: transportsTo(sales, books('old')),
  });
  const response = await gateway.open({ query: 'subscription { lent { book { isbn title } } }' });
  if (!('results' in response)) throw new Error(JSON.stringify(response));
  const nextTitle = async () => {
    source.push({ lent: { book: { isbn: 'b1' } } });
    const { value } = await response.results.next();
    return value?.data?.['lent'];
  };
  expect(await nextTitle()).toEqual({ book: { isbn: 'b1', title: 'old' } });
  await gateway.reload(supergraphSdl, transportsTo(sales, books('new')));
  expect(await nextTitle()).toEqual({ book: { isbn: 'b1', title: 'new' } });
  await response.results.return?.();
});
