import { createInProcessBus } from '@civitas/platform/events';
import { createPushIterator, type Subgraph, type Viewer } from '@civitas/platform/subgraph';
import { expect, onTestFinished, test } from 'vitest';
import { createMemoryCacheStore } from '../caching/memory-cache-store.ts';
import { createGateway } from '../create-gateway.ts';
import { inProcessTransport } from '../execution/transports/in-process.ts';
import { compose, miniSubgraph, silent } from '../testing/compose.ts';
import { post } from '../testing/opened-gateway.ts';
import { acknowledgedSocket, subscribeMessage } from '../testing/socket-client.ts';
import { userWith } from '../testing/town-gateway.ts';

const LINKS = /* GraphQL */ `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@composeDirective"])
    @link(url: "https://specs.civitas.example/cacheControl/v1.0", import: ["@cacheControl"])
    @composeDirective(name: "@cacheControl")
  directive @cacheControl(maxAge: Int, scope: CacheControlScope, inheritMaxAge: Boolean) on FIELD_DEFINITION | OBJECT | INTERFACE | UNION
  enum CacheControlScope { PUBLIC PRIVATE }
`;
const PRICE = 'lst_01h455vb4pex5vsknk084sn02a';

/** A shop whose price is remembered until it changes, and that tells of every sale. */
function shop() {
  const sales = new Set<ReturnType<typeof createPushIterator<{ sold: object }>>>();
  let price = 0;
  const subgraph = miniSubgraph(
    'shop',
    `${LINKS}
    type Query { listing: Listing @cacheControl(maxAge: 60) }
    type Mutation { reprice(to: Int!): Listing }
    type Subscription { sold(to: ID!): Sale }
    type Sale { number: Int! listing: Listing }
    type Listing @key(fields: "id") { id: ID! price: Int }`,
    {
      Query: { listing: () => ({ id: PRICE, price }) },
      Mutation: {
        reprice: (_: unknown, { to }: { to: number }) => {
          price = to;
          return { id: PRICE, price };
        },
      },
      Subscription: {
        sold: {
          subscribe: () => {
            const source = createPushIterator<{ sold: object }>();
            sales.add(source);
            return source;
          },
        },
      },
    },
  );
  const sell = (number: number) => {
    for (const each of sales) each.push({ sold: { number, listing: { id: PRICE, price } } });
  };
  return { subgraph, sell, sales };
}

/** Joins what is sold; the town gets and loses another subgraph all the time. */
const titles = () =>
  miniSubgraph(
    'titles',
    `${LINKS} type Query { x: Int } type Listing @key(fields: "id") { id: ID! title: String }`,
    { Listing: { __resolveReference: ({ id }: { id: string }) => ({ id, title: 'Bread' }) } },
  );
const news = () =>
  miniSubgraph(
    'news',
    `${LINKS} type Query { headline: String @cacheControl(maxAge: 60, scope: PUBLIC) }`,
    { Query: { headline: () => 'Rain' } },
  );

interface Answer {
  readonly data: { readonly listing?: { readonly price: number }; readonly headline?: string };
  readonly errors?: unknown;
}

const READERS = 20;
const RELOADS = 4;

test('reloads under load: every answer comes, none is older than its viewer’s write, every event is seen once', async () => {
  const bus = createInProcessBus({ log: silent });
  const { subgraph, sell, sales } = shop();
  const small: readonly Subgraph[] = [subgraph, titles()];
  const large: readonly Subgraph[] = [...small, news()];
  const transportsTo = (subgraphs: readonly Subgraph[]) =>
    new Map(subgraphs.map((each) => [each.name, inProcessTransport(each)]));
  const composed = new Map([small, large].map((each) => [each, compose(each)] as const));
  const person = (n: string): Viewer => ({ ...userWith(), id: `usr_${n}` });
  const gateway = await createGateway({
    supergraphSdl: composed.get(small) ?? '',
    transports: transportsTo(small),
    verifyAccessToken: async (token) => person(token),
    log: silent,
    introspection: true,
    cache: { store: createMemoryCacheStore(), bus },
  });
  onTestFinished(() => bus.close());
  onTestFinished(() => gateway.stop());
  await bus.start();
  const { url } = await gateway.listen({ port: 0, host: '127.0.0.1' });

  const readers = await Promise.all(
    Array.from({ length: READERS }, (_, n) =>
      acknowledgedSocket(url, { authorization: `Bearer reader-${n}` }),
    ),
  );
  for (const reader of readers) {
    const query = 'subscription { sold(to: "x") { number listing { title price } } }';
    reader.send(subscribeMessage('1', query));
  }
  await expect.poll(() => sales.size).toBe(READERS);

  let isReloading = true;
  let sold = 0;
  let answers = 0;
  const faults: unknown[] = [];
  const ask = async (query: string) => {
    const response = await post(url, { query }, { authorization: 'Bearer writer' });
    const { data, errors } = (await response.json()) as Answer;
    if (errors !== undefined || response.status !== 200) faults.push(errors ?? response.status);
    answers += 1;
    return data;
  };
  const load = Array.from({ length: 4 }, async (_, n) => {
    while (isReloading) {
      if (n === 0) {
        sold += 1;
        await ask(`mutation { reprice(to: ${sold}) { price } }`);
        sell(sold);
        // Twice: the second is remembered.
        for (const time of [1, 2]) {
          const { listing } = await ask('{ listing { price title } }');
          if (listing?.price !== sold) faults.push({ time, sold, listing });
        }
      } else await ask('{ listing { price title } }');
    }
  });
  const headlines = [];
  for (let n = 0; n < RELOADS; n += 1) {
    const subgraphs = n % 2 === 0 ? large : small;
    await gateway.reload(composed.get(subgraphs) ?? '', transportsTo(subgraphs));
    if (subgraphs === large) headlines.push((await ask('{ headline }')).headline);
  }
  isReloading = false;
  await Promise.all(load);
  expect(faults).toEqual([]);
  expect(headlines).toEqual(['Rain', 'Rain']);
  expect(answers).toBeGreaterThan(RELOADS);
  expect(sales.size).toBe(READERS);
  for (const reader of readers) {
    const seen = [];
    for (let n = 1; n <= sold; n += 1) seen.push((await reader.next()).payload);
    expect(seen).toEqual(
      seen.map((_, n) => ({
        data: { sold: { number: n + 1, listing: { title: 'Bread', price: n + 1 } } },
      })),
    );
  }
});
