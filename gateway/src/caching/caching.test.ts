import { createInProcessBus } from '@civitas/platform/events';
import type {
  Subgraph,
  SubgraphRequest,
  SubgraphTransport,
  Viewer,
} from '@civitas/platform/subgraph';
import { startTestRedis } from '@civitas/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createGateway } from '../create-gateway.ts';
import { inProcessTransport } from '../execution/transports/in-process.ts';
import { compose, miniSubgraph, silent } from '../testing/compose.ts';
import { userWith } from '../testing/town-gateway.ts';
import type { CacheStore } from './cache-store.ts';
import { createMemoryCacheStore } from './memory-cache-store.ts';
import { createRedisCacheStore } from './redis-cache-store.ts';

// Of some length, because a third of it is one town: what is remembered of entities, of whole answers and over
// a reload is one promise about the same people and listings, on each of the stores.

const CACHE_CONTROL = /* GraphQL */ `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@authenticated", "@composeDirective"])
    @link(url: "https://specs.civitas.example/cacheControl/v1.0", import: ["@cacheControl"])
    @composeDirective(name: "@cacheControl")
  directive @cacheControl(maxAge: Int, scope: CacheControlScope, inheritMaxAge: Boolean) on FIELD_DEFINITION | OBJECT | INTERFACE | UNION
  enum CacheControlScope { PUBLIC PRIVATE }
`;
const ADA = 'usr_01h455vb4pex5vsknk084sn02q';
const BO = 'usr_01h455vb4pex5vsknk084sn02r';
const LISTING = { a: 'lst_01h455vb4pex5vsknk084sn02a', b: 'lst_01h455vb4pex5vsknk084sn02b' };

function town(hints: boolean) {
  const rows = new Map([
    [LISTING.a, { id: LISTING.a, title: 'Bread', seller: { id: ADA } }],
    [LISTING.b, { id: LISTING.b, title: 'Salt', seller: { id: BO } }],
  ]);
  const names = new Map([
    [ADA, 'Ada'],
    [BO, 'Bo'],
  ]);
  const control = (text: string) => (hints ? `@cacheControl(${text})` : '');
  const shop = miniSubgraph(
    'shop',
    `${hints ? CACHE_CONTROL : ''}
    type Query {
      listings: [Listing!]! ${control('maxAge: 60, scope: PUBLIC')}
      listing(id: ID!): Listing ${control('maxAge: 60, scope: PUBLIC')}
      basket: [Listing!]! ${control('maxAge: 60')}
      live: [Listing!]! ${control('maxAge: 0')}
      plain: Plain
    }
    type Plain { x: Int }
    type Mutation { retitle(id: ID!, title: String!): Listing fail: Int }
    type Listing @key(fields: "id") ${control('maxAge: 60, scope: PUBLIC')} {
      id: ID! title: String! stock: Int ${control('maxAge: 0')} seller: User ${control('inheritMaxAge: true')}
    }
    type User @key(fields: "id", resolvable: false) { id: ID! }`,
    {
      Query: {
        listings: () => [...rows.values()],
        listing: (_: unknown, { id }: { id: string }) => {
          if (id === 'broken') throw new Error('not now');
          return rows.get(id);
        },
        basket: (_: unknown, __: unknown, { viewer }: { viewer: Viewer }) =>
          viewer.type === 'user' ? [...rows.values()].slice(0, 1) : [],
        live: () => [...rows.values()],
        plain: () => ({ x: 1 }),
      },
      Mutation: {
        retitle: (_: unknown, { id, title }: { id: string; title: string }) => {
          const row = rows.get(id);
          if (row) rows.set(id, { ...row, title });
          return rows.get(id);
        },
        fail: () => {
          throw new Error('after it was done');
        },
      },
      Listing: { stock: () => 3 },
    },
  );
  const people = miniSubgraph(
    'people',
    `${hints ? CACHE_CONTROL : ''}
    type Query { nobody: Int }
    type User @key(fields: "id") ${control('maxAge: 60, scope: PUBLIC')} {
      id: ID! name: String email: String @authenticated
    }`,
    {
      User: {
        __resolveReference: ({ id }: { id: string }) => ({
          id,
          name: names.get(id),
          email: `${id}@x`,
        }),
        name: ({ name }: { name: string }) => {
          if (name === 'Nameless') throw new Error('no name');
          return name;
        },
      },
    },
  );
  return { shop, people, names };
}

/** Composed once: it takes longer than most tests. */
const composed = new Map(
  [true, false].map((hints) => {
    const { shop, people } = town(hints);
    return [hints, compose([shop, people])] as const;
  }),
);

async function opened({ store, hints = true }: { store?: CacheStore; hints?: boolean } = {}) {
  const { shop, people, names } = town(hints);
  const fetches: (SubgraphRequest & { readonly subgraph: string })[] = [];
  const bus = createInProcessBus({ log: silent });
  onTestFinished(() => bus.close());
  const reach = (subgraph: Subgraph): readonly [string, SubgraphTransport] => {
    const inner = inProcessTransport(subgraph);
    const execute: typeof inner.execute = (request, origin) => {
      fetches.push({ ...request, subgraph: subgraph.name });
      return inner.execute(request, origin);
    };
    return [subgraph.name, { ...inner, execute }];
  };
  const transports = new Map([shop, people].map(reach));
  const gateway = await createGateway({
    supergraphSdl: composed.get(hints) ?? '',
    transports,
    verifyAccessToken: async () => userWith(),
    log: silent,
    introspection: true,
    shareReads: false,
    cache: { store: store ?? createMemoryCacheStore(), bus },
  });
  onTestFinished(() => gateway.stop());
  await bus.start();
  const ask = async (query: string, viewer?: Viewer, variables?: Record<string, unknown>) => {
    const { result, text } = await gateway.execute({ query, viewer, variables, asText: true });
    return text === undefined ? result : JSON.parse(text);
  };
  /** What was fetched meanwhile. */
  const during = async (work: () => Promise<unknown>) => {
    fetches.length = 0;
    await work();
    return fetches.map(({ subgraph }) => subgraph);
  };
  const happened = (type: string, aggregateId: string) =>
    bus.publish([
      {
        id: 'evt_1',
        type,
        source: type.split('.', 1)[0] ?? '',
        aggregateId,
        occurredAt: new Date(),
        payload: {},
      },
    ]);
  /** Serves these subgraphs from now on. */
  const grow = (...others: readonly Subgraph[]) =>
    gateway.reload(
      compose([shop, people, ...others]),
      new Map([...transports, ...others.map(reach)]),
    );
  return { gateway, ask, during, happened, fetches, names, grow };
}

const TITLES = '{ listings { title } }';
const SELLERS = '{ listings { title seller { name } } }';

describe('what the schema lets be remembered', () => {
  test('is fetched once, with the same answer', async () => {
    const { ask, during } = await opened();
    const first = await ask(SELLERS);
    expect(first).toEqual({
      data: {
        listings: [
          { title: 'Bread', seller: { name: 'Ada' } },
          { title: 'Salt', seller: { name: 'Bo' } },
        ],
      },
    });
    expect(await during(async () => expect(await ask(SELLERS)).toEqual(first))).toEqual([]);
  });

  test('is what was asked: with other variables it is another answer', async () => {
    const { ask } = await opened();
    const query = 'query ($id: ID!) { listing(id: $id) { title } }';
    for (const [id, title] of [
      [LISTING.a, 'Bread'],
      [LISTING.b, 'Salt'],
    ]) {
      expect(await ask(query, undefined, { id })).toEqual({ data: { listing: { title } } });
    }
  });

  test('is not more: a field of age 0, an object without a hint', async () => {
    const { ask, during } = await opened();
    for (const query of ['{ listings { title stock } }', '{ live { title } }', '{ plain { x } }']) {
      await ask(query);
      expect(await during(() => ask(query))).toEqual(['shop']);
    }
  });

  test('are entities one by one: only those that are missing are fetched', async () => {
    const { ask, happened, fetches } = await opened();
    await ask('{ live { seller { name } } }');
    await happened('people.user.renamed', BO);
    fetches.length = 0;
    await ask('{ live { seller { name } } }');
    const [, people] = fetches;
    expect(people?.variables?.['representations']).toEqual([{ __typename: 'User', id: BO }]);
  });

  test('is of one viewer unless it is said to be of all, and guarded fields always are', async () => {
    const { ask, during } = await opened();
    const [ada, bo] = [userWith(), { ...userWith(), id: 'usr_2' }];
    expect(await ask('{ basket { title } }', ada)).toMatchObject({ data: { basket: [{}] } });
    expect(await ask('{ basket { title } }')).toEqual({ data: { basket: [] } });
    expect(await during(() => ask('{ basket { title } }', ada))).toEqual([]);
    expect(await during(() => ask('{ basket { title } }', bo))).toEqual(['shop']);
    const guarded = '{ listings { seller { email } } }';
    await ask(guarded, ada);
    expect(await during(() => ask(guarded, ada))).toEqual([]);
    expect(await during(() => ask(guarded, bo))).toEqual(['people']);
  });

  test('is no answer with an error in it', async () => {
    const { ask, during, names, happened } = await opened();
    names.set(BO, 'Nameless');
    const answer = await ask(SELLERS);
    expect(answer.errors).toMatchObject([{ path: ['listings', 1, 'seller', 'name'] }]);
    expect(await during(() => ask(SELLERS))).toEqual(['people']);
    const broken = '{ listing(id: "broken") { title } }';
    await ask(broken);
    expect(await during(() => ask(broken))).toEqual(['shop']);
    // Also when only some had to be fetched, at the place of the one that failed.
    names.set(BO, 'Bo');
    await ask(SELLERS);
    names.set(BO, 'Nameless');
    await happened('people.user.renamed', BO);
    const partly = await ask(SELLERS);
    expect(partly.errors).toMatchObject([{ path: ['listings', 1, 'seller', 'name'] }]);
    expect(partly.data).toMatchObject({ listings: [{ seller: { name: 'Ada' } }, {}] });
  });
});

describe('a change', () => {
  const retitle = `mutation { retitle(id: "${LISTING.a}", title: "Rye") { title seller { name } } }`;
  const titles = (answer: { data?: unknown }) =>
    (answer.data as { listings: { title: string }[] }).listings.map(({ title }) => title);

  test('is seen by its maker at once, and by everybody else when its event has come at the latest', async () => {
    const { ask, happened } = await opened();
    const maker = userWith();
    await ask(TITLES, maker);
    expect(await ask(retitle, maker)).toMatchObject({ data: { retitle: { title: 'Rye' } } });
    expect(titles(await ask(TITLES, maker))).toEqual(['Rye', 'Salt']);
    // What the maker fetched is for everybody.
    expect(titles(await ask(TITLES))).toEqual(['Rye', 'Salt']);
    const other = await opened();
    await other.ask(TITLES);
    await other.ask(retitle, maker);
    expect(titles(await other.ask(TITLES))).toEqual(['Bread', 'Salt']);
    await other.happened('shop.listing.retitled', LISTING.a);
    expect(titles(await other.ask(TITLES))).toEqual(['Rye', 'Salt']);
    await happened('shop.listing.retitled', LISTING.a);
  });

  test('that failed may have happened: its maker reads anew', async () => {
    const { ask, during } = await opened();
    const maker = userWith();
    await ask(TITLES, maker);
    await ask('mutation { fail }', maker);
    expect(await during(() => ask(TITLES, maker))).toEqual(['shop']);
  });

  test('elsewhere forgets nothing of this', async () => {
    const { ask, during, happened } = await opened();
    await ask(SELLERS);
    await happened('people.user.renamed', 'usr_01h455vb4pex5vsknk084sn02z');
    expect(await during(() => ask(SELLERS))).toEqual([]);
    await happened('people.user.renamed', ADA);
    expect(await during(() => ask(SELLERS))).toEqual(['people']);
  });
});

test('without a hint in the schema the store is never asked', async () => {
  const asked: string[] = [];
  const store: CacheStore = {
    read: async () => {
      asked.push('read');
      return { values: [], at: 0 };
    },
    write: async () => void asked.push('write'),
    stamp: async () => void asked.push('stamp'),
    close: async () => undefined,
  };
  const { ask } = await opened({ store, hints: false });
  await ask(SELLERS);
  await ask('mutation { fail }');
  expect(asked).toEqual([]);
});

test('a reload that brings the first hints begins to remember, and events are heard', async () => {
  const { gateway, ask, during, happened } = await opened({ hints: false });
  await ask(SELLERS);
  expect(await during(() => ask(SELLERS))).toEqual(['shop', 'people']);
  await gateway.reload(composed.get(true) ?? '');
  await ask(SELLERS);
  expect(await during(() => ask(SELLERS))).toEqual([]);
  await happened('people.user.renamed', ADA);
  expect(await during(() => ask(SELLERS))).toEqual(['people']);
});

describe('a whole answer', () => {
  const get = (url: string, query: string, headers: Record<string, string> = {}) =>
    fetch(`${url}?${new URLSearchParams({ query })}`, {
      headers: { accept: 'application/json', 'x-civitas-preflight': '1', ...headers },
    });
  const me = { authorization: 'Bearer ada' };
  const told = ({ headers }: Response) => ({
    cache: headers.get('cache-control'),
    age: headers.get('age'),
    vary: headers.get('vary'),
  });

  async function served() {
    const made = await opened();
    const { url } = await made.gateway.listen({ port: 0, host: '127.0.0.1' });
    return { ...made, url };
  }

  test('may be kept by caches on the way when it is the same for all and nobody is signed in', async () => {
    const { url, during } = await served();
    const first = await get(url, SELLERS);
    expect(told(first)).toEqual({
      cache: 'public, max-age=60',
      age: '0',
      vary: 'accept, authorization, cookie, apollographql-client-name, origin',
    });
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    const text = await first.text();
    let again: Response | undefined;
    expect(await during(async () => (again = await get(url, SELLERS)))).toEqual([]);
    expect(await again?.text()).toBe(text);
    expect(again?.headers.get('etag')).toBe(etag);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const unchanged = await get(url, SELLERS, { 'if-none-match': known });
      expect([unchanged.status, await unchanged.text()]).toEqual([304, '']);
      expect(unchanged.headers.get('etag')).toBe(etag);
    }
    expect((await get(url, SELLERS, { 'if-none-match': '"other"' })).status).toBe(200);
  });

  test('is asked for again each time by who may write, who shares it with strangers all the same', async () => {
    const { url, during } = await served();
    await get(url, SELLERS);
    const shared = await during(async () => {
      const { cache, age } = told(await get(url, SELLERS, me));
      expect({ cache, age }).toEqual({ cache: 'private, no-cache', age: null });
    });
    expect(shared).toEqual([]);
    expect(told(await get(url, '{ basket { title } }')).cache).toBe('private, no-cache');
  });

  test('is not kept when it has an error, is partly unknown, was posted, or may not be remembered', async () => {
    const { url, names } = await served();
    names.set(BO, 'Nameless');
    for (const query of [
      SELLERS,
      '{ listings { title stock } }',
      '{ nothing }',
      '{ live { id } }',
    ]) {
      expect(told(await get(url, query)).cache).toBe('no-store');
    }
    const posted = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: TITLES }),
    });
    expect(told(posted).cache).toBe('no-store');
  });

  test('is forgotten with anything that stands in it, also where the client did not ask for its id', async () => {
    const { ask, during, happened } = await opened();
    const query = `query One($id: ID!) { listing(id: $id) { title seller { name } } }`;
    const one = (id: string) => ask(query, undefined, { id });
    await one(LISTING.a);
    expect(await during(() => one(LISTING.a))).toEqual([]);
    await happened('shop.listing.retitled', LISTING.b);
    expect(await during(() => one(LISTING.a))).toEqual([]);
    // The listing names its seller.
    await happened('people.user.renamed', ADA);
    expect(await during(() => one(LISTING.a))).toEqual(['shop', 'people']);
    await happened('shop.listing.retitled', LISTING.a);
    expect(await during(() => one(LISTING.a))).toEqual(['shop']);
    // A person's data was erased: whatever they had a part in, which nobody lists.
    await happened('shop.personal-data.erased', 'drq_01h455vb4pex5vsknk084sn02z.1');
    expect(await during(() => one(LISTING.a))).toEqual(['shop']);
  });

  test('of one selection is the same whatever the operation is called; of one viewer, nobody else’s', async () => {
    const { ask, during } = await opened();
    await ask('query Here { listings { title } }');
    expect(await during(() => ask('query There { listings { title } }'))).toEqual([]);
    const [ada, bo] = [userWith(), { ...userWith(), id: 'usr_2' }];
    const basket = '{ basket { title } }';
    expect(await ask(basket, ada)).toMatchObject({ data: { basket: [{}] } });
    expect(await during(() => ask(basket, ada))).toEqual([]);
    expect(await during(() => ask(basket, bo))).toEqual(['shop']);
  });
});

test('a subgraph that is new at a reload is remembered, and its events are heard', async () => {
  const { ask, during, happened, grow } = await opened();
  await ask(TITLES);
  const news = miniSubgraph(
    'news',
    `${CACHE_CONTROL} type Query { headlines: [String!] @cacheControl(maxAge: 60, scope: PUBLIC) }`,
    { Query: { headlines: () => ['Rain'] } },
  );
  await grow(news);
  const headlines = () => ask('{ headlines }');
  expect(await during(headlines)).toEqual(['news']);
  expect(await during(headlines)).toEqual([]);
  await happened('news.headline.written', LISTING.a);
  expect(await during(headlines)).toEqual(['news']);
  // What was remembered before is, and another reload subscribes to nothing twice.
  await grow(news);
  expect(await during(async () => [await ask(TITLES), await headlines()])).toEqual([]);
  await happened('shop.listing.retitled', LISTING.a);
  expect(await during(() => ask(TITLES))).toEqual(['shop']);
});

test('Redis killed under load: every answer comes and none is older than its viewer’s write', async () => {
  const redis = await startTestRedis();
  onTestFinished(() => redis.stop());
  const store = createRedisCacheStore({ redisUrl: redis.url, log: silent });
  const { ask } = await opened({ store });
  const maker = userWith();
  let written = 0;
  const round = async () => {
    written += 1;
    await ask(`mutation { retitle(id: "${LISTING.a}", title: "${written}") { id } }`, maker);
    const answer = await ask(SELLERS, maker);
    expect(answer.errors).toBeUndefined();
    expect(answer.data).toMatchObject({ listings: [{ title: String(written) }, {}] });
    await ask(SELLERS);
  };
  for (let times = 0; times < 5; times++) await round();
  await redis.kill();
  for (let times = 0; times < 20; times++) await round();
  await redis.restart();
  for (let times = 0; times < 20; times++) await round();
});
