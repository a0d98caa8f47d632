import {
  createPushIterator,
  type PushIterator,
  resumable,
  serveSubgraph,
} from '@civitas/platform/subgraph';
import { expect, onTestFinished, test } from 'vitest';
import { createGateway } from '../create-gateway.ts';
import { compose, miniSubgraph, silent } from '../testing/compose.ts';
import { post } from '../testing/opened-gateway.ts';
import { acknowledgedSocket, subscribeMessage } from '../testing/socket-client.ts';
import { connectSubgraph } from '../upstream/connect-subgraph.ts';

// A release that takes one field away and brings another, with two gateways and two servers of the
// subgraph: whichever is replaced first, old and new have to do with each other for a while.

/** The default is a second, and a machine may be busy. */
const PATIENCE = { timeout: 10_000 };
const SECRET = 'a secret that is long enough to be one';
type Version = 'old' | 'new';

interface Sale {
  readonly sold: { readonly number: number; readonly listing: object };
}

/** What has been sold is in a database, which all servers of the shop have. */
function shopOf() {
  let sold = 0;
  const open = new Set<PushIterator<Sale>>();
  const listing = (id: string) => ({ id, price: 3, title: 'Bread', stock: 7 });
  const sale = (number: number): Sale => ({ sold: { number, listing: listing('l1') } });
  const subscribe = (_: unknown, __: unknown, { resumeAfter }: { resumeAfter?: string }) => {
    const source = createPushIterator<Sale>({ onEnd: () => open.delete(source) });
    for (let number = Number(resumeAfter ?? 0) + 1; number <= sold; number += 1) {
      source.push(sale(number));
    }
    open.add(source);
    return resumable(source, (event: Sale) => String(event.sold.number));
  };
  return {
    sell: () => {
      sold += 1;
      for (const source of open) source.push(sale(sold));
    },
    sold: () => sold,
    listeners: () => open.size,
    at: (version: Version) =>
      miniSubgraph(
        'shop',
        `type Query { listings: [Listing] }
        type Subscription { sold: Sale }
        type Sale { number: Int! listing: Listing }
        type Listing @key(fields: "id") { id: ID! price: Int ${version === 'old' ? 'title: String' : 'stock: Int'} }`,
        {
          Query: { listings: () => ['l1', 'l2'].map(listing) },
          Subscription: { sold: { subscribe } },
          Listing: { __resolveReference: ({ id }: { id: string }) => listing(id) },
        },
      ),
  };
}

const tags = miniSubgraph(
  'tags',
  `type Query { x: Int }
  type Listing @key(fields: "id") { id: ID! price: Int @external tag: String @requires(fields: "price") }`,
  {
    Listing: {
      __resolveReference: (given: object) => given,
      tag: ({ price }: { price: number }) => `${price} only`,
    },
  },
);

const serve = (subgraph: Parameters<typeof serveSubgraph>[0], port = 0) =>
  serveSubgraph(subgraph, { port, host: '127.0.0.1', internalSecret: SECRET, log: silent });

/** Two gateways and two servers of the shop, all of the old version, and what replaces each. */
async function town() {
  const shop = shopOf();
  const servers = [await serve(shop.at('old')), await serve(shop.at('old'))];
  const other = await serve(tags);
  onTestFinished(async () => {
    await Promise.all([...servers, other].map((server) => server.close()));
  });
  const transports = () =>
    new Map(
      Object.entries({ shop: servers.map(({ url }) => url), tags: [other.url] }).map(
        ([name, urls]) =>
          [name, connectSubgraph({ name, urls, secret: SECRET, log: silent })] as const,
      ),
    );
  const composed = { old: compose([shop.at('old'), tags]), new: compose([shop.at('new'), tags]) };
  const gateways = await Promise.all(
    [0, 1].map(async () => {
      const gateway = await createGateway({
        supergraphSdl: composed.old,
        transports: transports(),
        verifyAccessToken: async () => ({ type: 'anonymous' }),
        log: silent,
        introspection: true,
      });
      onTestFinished(() => gateway.stop());
      const { url } = await gateway.listen({ port: 0, host: '127.0.0.1' });
      return { url, replace: () => gateway.reload(composed.new, transports()) };
    }),
  );
  const replaceServer = async (index: number) => {
    const before = servers[index];
    await before?.close();
    servers[index] = await serve(shop.at('new'), Number(new URL(before?.url ?? '').port));
  };
  return { shop, gateways, replaceServer };
}

const ask = async (url: string, query: string) => (await post(url, { query })).json();
const BOTH = '{ listings { id price tag } }';
const EXPECTED = {
  data: { listings: ['l1', 'l2'].map((id) => ({ id, price: 3, tag: '3 only' })) },
};
const SOLD = 'subscription { sold { number listing { price tag } } }';

test.each([
  ['gateways', ['g0', 's0', 's1', 'g1']],
  ['subgraphs', ['s0', 's1', 'g0', 'g1']],
])(
  '%s first: what both versions know is answered all the time, and every event is seen once',
  async (_, steps) => {
    const { shop, gateways, replaceServer } = await town();
    const readers = await Promise.all(gateways.map(({ url }) => acknowledgedSocket(url)));
    for (const reader of readers) reader.send(subscribeMessage('1', SOLD));
    await expect.poll(shop.listeners, PATIENCE).toBe(2);
    let isOver = false;
    onTestFinished(() => {
      isOver = true;
    });
    const answers: unknown[] = [];
    const load = gateways.map(async ({ url }) => {
      while (!isOver) answers.push(await ask(url, BOTH).catch(String));
    });
    for (const step of steps) {
      const index = Number(step[1]);
      shop.sell();
      await (step.startsWith('g') ? gateways[index]?.replace() : replaceServer(index));
      const before = answers.length;
      await expect.poll(() => answers.length, PATIENCE).toBeGreaterThan(before + 3);
    }
    isOver = true;
    await Promise.all(load);
    expect(answers.filter((answer) => JSON.stringify(answer) !== JSON.stringify(EXPECTED))).toEqual(
      [],
    );
    shop.sell();
    for (const reader of readers) {
      for (let number = 1; number <= shop.sold(); number += 1) {
        expect((await reader.next()).payload).toEqual({
          data: { sold: { number, listing: { price: 3, tag: '3 only' } } },
        });
      }
    }
    for (const { url } of gateways) {
      expect(await ask(url, '{ listings { stock } }')).toEqual({
        data: { listings: [{ stock: 7 }, { stock: 7 }] },
      });
    }
  },
);

test('what one of them does not know any more or yet is a gap with a code, however often, and hinders nobody', async () => {
  const { gateways, replaceServer } = await town();
  const [fresh, late] = gateways.map(({ url }) => url) as [string, string];
  await gateways[0]?.replace();
  const code = 'INTERNAL_SERVER_ERROR';
  const gap = { data: { listings: null }, errors: [{ extensions: { code } }] };
  const isGap = async (url: string, field: string) => {
    // More than a circuit breaker needs to judge.
    const asked = Array.from({ length: 30 }, () => ask(url, `{ listings { price ${field} } }`));
    for (const answer of await Promise.all(asked)) expect(answer).toMatchObject(gap);
    expect(await ask(url, BOTH)).toEqual(EXPECTED);
  };
  await isGap(fresh, 'stock');
  await replaceServer(0);
  await replaceServer(1);
  await isGap(late, 'title');
});
