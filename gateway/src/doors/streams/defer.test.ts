import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { Defer20220824Handler } from '@apollo/client/incremental';
import { CivitasError } from '@civitas/platform/errors';
import type { SubgraphTransport } from '@civitas/platform/subgraph';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import { inProcessTransport } from '../../execution/transports/in-process.ts';
import { compose, miniSubgraph, silent } from '../../testing/compose.ts';
import { readParts } from '../../testing/read-parts.ts';
import { acknowledgedSocket, subscribeMessage } from '../../testing/socket-client.ts';

const ACCEPT = 'multipart/mixed;deferSpec=20220824,application/graphql-response+json';

const shop = () =>
  miniSubgraph(
    'shop',
    /* GraphQL */ `
      type Query { goods: [Good!] best: Good }
      type Mutation { sell: Good }
      type Good @key(fields: "id") { id: ID! name: String price: Int kind: Kind }
      type Kind @key(fields: "id") { id: ID! title: String }
    `,
    {
      Query: { goods: () => ['1', '2'].map(good), best: () => good('1') },
      Mutation: { sell: () => good('2') },
      Good: { __resolveReference: ({ id }: { id: string }) => good(id) },
      Kind: { __resolveReference: ({ id }: { id: string }) => ({ id, title: `kind ${id}` }) },
    },
  );
const good = (id: string) => ({
  id,
  name: `good ${id}`,
  price: Number(id),
  kind: { id: `k${id}` },
});

/** What comes late: another subgraph, which answers when the test lets it. */
function stars(until: Promise<void>) {
  return miniSubgraph(
    'stars',
    /* GraphQL */ `
      type Query { today: Int }
      type Good @key(fields: "id") {
        id: ID!
        stars: Int
        sure: Int!
        broken: Int
        secret: Int @authenticated
        reviews: [Review!]
      }
      type Review { text: String good: Good }
    `,
    {
      Query: { today: () => until.then(() => 5) },
      Good: {
        __resolveReference: async ({ id }: { id: string }) => {
          await until;
          return { id };
        },
        stars: ({ id }: { id: string }) => Number(id) + 3,
        sure: ({ id }: { id: string }) => (id === '2' ? null : 1),
        broken: () => {
          throw new CivitasError('CONFLICT');
        },
        secret: () => 42,
        reviews: ({ id }: { id: string }) => [{ text: `review of ${id}`, good: { id } }],
      },
    },
  );
}

const supergraphSdl = compose([shop(), stars(Promise.resolve())]);

/** The late subgraph answers after `release`, and at once unless `isLate`. */
async function opened({ isLate = false }: { readonly isLate?: boolean } = {}) {
  const { promise, resolve: release } = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<AbortSignal>();
  if (!isLate) release();
  const late = stars(promise);
  const transport = inProcessTransport(late);
  const watched: SubgraphTransport = {
    ...transport,
    execute: (request, origin) => {
      asked.resolve(origin.signal);
      return transport.execute(request, origin);
    },
  };
  const gateway = await createGateway({
    supergraphSdl,
    transports: new Map([
      ['shop', inProcessTransport(shop())],
      ['stars', watched],
    ]),
    verifyAccessToken: () => Promise.reject(new CivitasError('UNAUTHENTICATED')),
    log: silent,
    introspection: true,
  });
  onTestFinished(async () => {
    release();
    await gateway.stop();
  });
  const { url } = await gateway.listen({ port: 0, host: '127.0.0.1' });
  const ask = (query: string, variables: object = {}, accept = ACCEPT, signal?: AbortSignal) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify({ query, variables }),
      ...(signal && { signal }),
    });
  const parts = async (query: string, variables?: object) =>
    readParts(await ask(query, variables), '-');
  return { url, ask, parts, release, asked: asked.promise };
}

describe('a deferred fragment', () => {
  test('comes after the rest, which waits for nothing', async () => {
    const { ask, release } = await opened({ isLate: true });
    const response = await ask('{ best { name ... @defer(label: "late") { stars } } }');
    expect(response.headers.get('content-type')).toBe(
      'multipart/mixed;boundary="-";deferSpec=20220824',
    );
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    // The first part is whole when its closing delimiter has come.
    while (text.split('\r\n---').length < 3) text += Buffer.from((await reader.read()).value ?? []);
    expect(text).toContain('{"data":{"best":{"name":"good 1"}},"hasNext":true}');
    expect(text).not.toContain('incremental');
    release();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      text += Buffer.from(next.value).toString();
    }
    expect(text).toContain(
      '{"incremental":[{"path":["best"],"label":"late","data":{"stars":4}}],"hasNext":true}',
    );
    expect(text.endsWith('{"hasNext":false}\r\n-----\r\n')).toBe(true);
  });

  test('is delivered at every item of a list', async () => {
    const { parts } = await opened();
    expect(await parts('{ goods { id ... @defer { stars } } }')).toEqual([
      { data: { goods: [{ id: '1' }, { id: '2' }] }, hasNext: true },
      {
        incremental: [
          { path: ['goods', 0], data: { stars: 4 } },
          { path: ['goods', 1], data: { stars: 5 } },
        ],
        hasNext: true,
      },
      { hasNext: false },
    ]);
  });

  test('within another one comes after it, with entities of a third fetch', async () => {
    const { parts } = await opened();
    const query = `{ best { ... @defer(label: "outer") {
      reviews { text ... @defer(label: "inner") { good { name } } } } } }`;
    expect(await parts(query)).toEqual([
      { data: { best: {} }, hasNext: true },
      {
        incremental: [
          { path: ['best'], label: 'outer', data: { reviews: [{ text: 'review of 1' }] } },
        ],
        hasNext: true,
      },
      {
        incremental: [
          { path: ['best', 'reviews', 0], label: 'inner', data: { good: { name: 'good 1' } } },
        ],
        hasNext: true,
      },
      { hasNext: false },
    ]);
  });

  test('of a named fragment comes wherever that is spread, also at the root', async () => {
    const { parts } = await opened();
    const query = `{ a: best { ...Late @defer } ... @defer { today } } fragment Late on Good { stars }`;
    const [first, ...later] = await parts(query);
    expect(first).toEqual({ data: { a: {} }, hasNext: true });
    const increments = later.flatMap(
      (part) => (part as { incremental?: object[] }).incremental ?? [],
    );
    expect(increments).toHaveLength(2);
    expect(increments).toContainEqual({ path: ['a'], data: { stars: 4 } });
    expect(increments).toContainEqual({ path: [], data: { today: 5 } });
  });

  test('may be decided by a variable, and without one deferred the answer is one result', async () => {
    const { ask, parts } = await opened();
    const query =
      'query ($a: Boolean!, $b: Boolean = false) { best { ... @defer(if: $a) { stars } ... @defer(if: $b) { name } } }';
    expect(await parts(query, { a: true })).toHaveLength(3);
    const response = await ask(query, { a: false });
    expect(response.headers.get('content-type')).toContain('application/graphql-response+json');
    expect(await response.json()).toEqual({ data: { best: { stars: 4, name: 'good 1' } } });
  });

  test('of a mutation comes after what it did', async () => {
    const { parts } = await opened();
    expect(await parts('mutation { sell { id ... @defer { stars } } }')).toMatchObject([
      { data: { sell: { id: '2' } } },
      { incremental: [{ path: ['sell'], data: { stars: 5 } }] },
      { hasNext: false },
    ]);
  });

  test('is null where a value in it may not be, and the rest stays', async () => {
    const { parts } = await opened();
    const [first, second] = await parts('{ goods { id ... @defer { sure } } }');
    expect(first).toMatchObject({ data: { goods: [{ id: '1' }, { id: '2' }] } });
    expect(second).toMatchObject({
      incremental: [
        { path: ['goods', 0], data: { sure: 1 } },
        {
          path: ['goods', 1],
          data: null,
          errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
        },
      ],
    });
  });

  test('tells its own errors, with their whole path', async () => {
    const { parts } = await opened();
    const [first, second] = await parts('{ goods { id ... @defer { broken } } }');
    expect(first).not.toHaveProperty('errors');
    expect(second).toMatchObject({
      incremental: [0, 1].map((at) => ({
        path: ['goods', at],
        data: { broken: null },
        errors: [{ path: ['goods', at, 'broken'], extensions: { code: 'CONFLICT' } }],
      })),
    });
  });

  test('leaves out what its viewer may not read, and says so there', async () => {
    const { parts } = await opened();
    const [first, second] = await parts('{ goods { id ... @defer { stars secret } } }');
    expect(first).not.toHaveProperty('errors');
    expect(second).toMatchObject({
      incremental: [0, 1].map((at) => ({
        data: { stars: at + 4, secret: null },
        errors: [{ path: ['goods', at, 'secret'], extensions: { code: 'UNAUTHENTICATED' } }],
      })),
    });
  });

  test('may call fields by the names of others, which are fetched under keys of ours', async () => {
    const { parts } = await opened();
    const swapped = 'price: stars stars: price id: name';
    const [first, second] = await parts(`{ best { kind: __typename ... @defer { ${swapped} } } }`);
    expect(first).toMatchObject({ data: { best: { kind: 'Good' } }, hasNext: true });
    expect(second).toMatchObject({
      incremental: [{ path: ['best'], data: { price: 4, stars: 1, id: 'good 1' } }],
    });
    const denied = await parts('{ goods { id ... @defer { name: secret secret: price stars } } }');
    expect(denied[1]).toMatchObject({
      incremental: [0, 1].map((at) => ({
        data: { name: null, secret: at + 1, stars: at + 4 },
        errors: [{ path: ['goods', at, 'name'], extensions: { code: 'UNAUTHENTICATED' } }],
      })),
    });
  });

  test('is cancelled when the client leaves', async () => {
    const { ask, asked } = await opened({ isLate: true });
    const leaving = new AbortController();
    const response = await ask('{ best { ... @defer { stars } } }', {}, ACCEPT, leaving.signal);
    const signal = await asked;
    leaving.abort();
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    expect(signal.aborted).toBe(true);
    expect(response.ok).toBe(true);
  });

  test.each([
    ['{ best { ... @defer(label: "a") { name } ... @defer(label: "a") { stars } } }'],
    ['query ($label: String) { best { ... @defer(label: $label) { name } } }'],
    ['mutation { ... @defer { sell { id } } }'],
    ['{ best { name @defer } }'],
  ])('is refused where it has no meaning: %s', async (query) => {
    const { ask } = await opened();
    const response = await ask(query);
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    });
  });

  test('beyond the sixteenth is answered at once', async () => {
    const { parts } = await opened();
    const fragments = Array.from({ length: 20 }, (_, at) => `a${at}: best { ... @defer { name } }`);
    const [first] = (await parts(`{ ${fragments.join(' ')} }`)) as [{ data: object }];
    expect(first.data).toMatchObject({ a15: {}, a16: { name: 'good 1' }, a19: { name: 'good 1' } });
  });
});

describe('who cannot take parts gets everything at once', () => {
  const query = '{ best { name ...Late @defer } } fragment Late on Good { stars }';
  const whole = { data: { best: { name: 'good 1', stars: 4 } } };

  test('over HTTP', async () => {
    const { ask } = await opened();
    expect(await (await ask(query, {}, 'application/json')).json()).toEqual(whole);
  });

  test('as an event', async () => {
    const { ask } = await opened();
    expect(await (await ask(query, {}, 'text/event-stream')).text()).toContain(
      JSON.stringify(whole),
    );
  });

  test('over a WebSocket', async () => {
    const { url } = await opened();
    const client = await acknowledgedSocket(url);
    client.send(subscribeMessage('1', query));
    expect(await client.next()).toEqual({ id: '1', type: 'next', payload: whole });
  });
});

test("Apollo Client's own reader puts the parts together", async () => {
  const { url } = await opened();
  const client = new ApolloClient({
    link: new HttpLink({ uri: url }),
    cache: new InMemoryCache(),
    incrementalHandler: new Defer20220824Handler(),
  });
  const { data } = await client.query({
    query: gql('{ goods { id name ... @defer { stars reviews { text } } } }'),
  });
  expect(data).toMatchObject({
    goods: [
      { name: 'good 1', stars: 4, reviews: [{ text: 'review of 1' }] },
      { name: 'good 2', stars: 5, reviews: [{ text: 'review of 2' }] },
    ],
  });
});
