import {
  createPushIterator,
  type PushIterator,
  type Subgraph,
  type SubgraphRequest,
  type SubgraphTransport,
  serveSubgraph,
} from '@civitas/platform/subgraph';
import { SignJWT } from 'jose';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createGateway, type GatewayOptions } from '../create-gateway.ts';
import { httpTransport } from '../execution/transports/http.ts';
import { inProcessTransport } from '../execution/transports/in-process.ts';
import { compose, miniSubgraph, silent } from '../testing/compose.ts';
import { acknowledgedSocket, subscribeMessage } from '../testing/socket-client.ts';
import { identity } from '../testing/town.ts';
import { userWith } from '../testing/town-gateway.ts';

const SECRET = 'a secret that is long enough to be one';

/** Tells of sales when the test does; buyers are identity's. */
function market() {
  const sources: PushIterator<object>[] = [];
  const ended: PromiseWithResolvers<void> = Promise.withResolvers();
  const subgraph = miniSubgraph(
    'market',
    /* GraphQL */ `
      type Query { open: Boolean }
      type Subscription { sold(first: Int = 1): Sale closedTo: Int @authenticated refused: Int }
      type Sale { number: Int! buyer: User note: String }
      type User @key(fields: "id") @interfaceObject { id: ID! }
    `,
    {
      Subscription: {
        sold: {
          subscribe: (_: unknown, { first }: { first: number }) => {
            const source = createPushIterator<object>({ onEnd: () => ended.resolve() });
            sources.push(source);
            if (first > 0) source.push(sale(first, 'u1'));
            return source;
          },
        },
        refused: {
          subscribe: () => {
            throw new Error('the password is hunter2');
          },
        },
      },
    },
  );
  return { subgraph, sources, ended: ended.promise };
}

const sale = (number: number, buyer: string) => ({ sold: { number, buyer: { id: buyer } } });
const JOINED = 'subscription ($first: Int) { sold(first: $first) { number buyer { name } } }';
const WIDE = 'subscription { sold { number note } }';
const answer = (number: number, name: string) => ({ data: { sold: { number, buyer: { name } } } });

type Connect = (subgraph: Subgraph) => Promise<SubgraphTransport>;
const byCall: Connect = async (subgraph) => inProcessTransport(subgraph);
const byNetwork: Connect = async (subgraph) => {
  const { url, close } = await serveSubgraph(subgraph, {
    port: 0,
    host: '127.0.0.1',
    internalSecret: SECRET,
    log: silent,
  });
  onTestFinished(close);
  return httpTransport({ name: subgraph.name, url, secret: SECRET });
};

async function opened(connect: Connect, options: Partial<GatewayOptions> = {}) {
  const { subgraph, sources, ended } = market();
  const people = identity();
  const fetches: SubgraphRequest[] = [];
  const inner = await connect(people);
  const watched: SubgraphTransport = {
    ...inner,
    execute: (request, origin) => {
      fetches.push(request);
      return inner.execute(request, origin);
    },
  };
  const gateway = await createGateway({
    supergraphSdl: compose([people, subgraph]),
    transports: new Map([
      ['identity', watched],
      ['market', await connect(subgraph)],
    ]),
    verifyAccessToken: async () => userWith(),
    policies: new Map([['keyholder', () => false]]),
    log: silent,
    introspection: true,
    ...options,
  });
  onTestFinished(() => gateway.stop());
  return { gateway, sources, ended, fetches };
}

async function started(gateway: Awaited<ReturnType<typeof opened>>['gateway'], first = 0) {
  const response = await gateway.open({ query: JOINED, variables: { first } });
  if (!('results' in response)) throw new Error(JSON.stringify(response.result));
  return response.results;
}

describe.each([
  ['in one process', byCall],
  ['between processes', byNetwork],
])('a subscription through the graph, %s', (_, connect) => {
  test('every event is joined with the other subgraphs, in order', async () => {
    const { gateway, sources } = await opened(connect);
    const results = await started(gateway, 1);
    expect(await results.next()).toEqual({ done: false, value: answer(1, 'Ada') });
    sources[0]?.push(sale(2, 'u2'));
    sources[0]?.push(sale(3, 'u1'));
    sources[0]?.end();
    expect((await results.next()).value).toEqual(answer(2, 'Bo'));
    expect((await results.next()).value).toEqual(answer(3, 'Ada'));
    expect((await results.next()).done).toBe(true);
  });

  test('may call fields by the names of others, and denies what the viewer may not read', async () => {
    const { gateway, sources } = await opened(connect);
    const query = `subscription {
      sold(first: 7) { number: note note: number buyer { id: name name: email email: id } }
    }`;
    const response = await gateway.open({ query });
    if (!('results' in response)) throw new Error(JSON.stringify(response.result));
    const event = (number: number, id: string, name: string) => ({
      data: { sold: { number: null, note: number, buyer: { id: name, name: null, email: id } } },
      errors: [
        {
          path: ['sold', 'buyer', 'name'],
          extensions: { code: 'UNAUTHENTICATED' },
        },
      ],
    });
    expect((await response.results.next()).value).toMatchObject(event(7, 'u1', 'Ada'));
    sources[0]?.push(sale(8, 'u2'));
    expect((await response.results.next()).value).toMatchObject(event(8, 'u2', 'Bo'));
  });

  test('a client that completes stops the source at once', async () => {
    const { gateway, ended } = await opened(connect);
    const { url } = await gateway.listen({ port: 0, host: '127.0.0.1' });
    const client = await acknowledgedSocket(url);
    client.send(subscribeMessage('1', JOINED));
    expect(await client.next()).toEqual({ id: '1', type: 'next', payload: answer(1, 'Ada') });
    client.send({ type: 'complete', id: '1' });
    await ended;
  });

  test('a client that vanishes stops the source too', async () => {
    const { gateway, ended } = await opened(connect);
    const { url } = await gateway.listen({ port: 0, host: '127.0.0.1' });
    const client = await acknowledgedSocket(url);
    client.send(subscribeMessage('1', JOINED));
    await client.next();
    client.socket.terminate();
    await expect(ended).resolves.toBeUndefined();
  });

  test('what a subgraph refuses is masked, and the socket stays', async () => {
    const { gateway } = await opened(connect);
    const { url } = await gateway.listen({ port: 0, host: '127.0.0.1' });
    const client = await acknowledgedSocket(url);
    client.send(subscribeMessage('1', 'subscription { refused }'));
    const refusal = JSON.stringify(await client.next());
    expect(refusal).toContain('INTERNAL_SERVER_ERROR');
    expect(refusal).not.toContain('hunter2');
    client.send(subscribeMessage('2', 'subscription { closedTo }'));
    let denied = await client.next();
    while (denied.id !== '2') denied = await client.next();
    expect(JSON.stringify(denied)).toContain('UNAUTHENTICATED');
  });
});

describe('identical subscribers', () => {
  test('share one upstream and one join until its first event, and the last one ends it', async () => {
    const { gateway, sources, ended, fetches } = await opened(byCall);
    const [one, two] = [await started(gateway), await started(gateway)];
    expect(sources).toHaveLength(1);
    sources[0]?.push(sale(7, 'u2'));
    expect((await one.next()).value).toEqual(answer(7, 'Bo'));
    expect((await two.next()).value).toEqual(answer(7, 'Bo'));
    expect(fetches).toHaveLength(1);
    // Who comes after the first event gets a source of its own: it may have something to catch up.
    await started(gateway);
    expect(sources).toHaveLength(2);
    await one.return?.();
    sources[0]?.push(sale(8, 'u1'));
    expect((await two.next()).value).toEqual(answer(8, 'Ada'));
    await two.return?.();
    await ended;
  });

  test('with other variables or rights are not identical', async () => {
    const { gateway, sources } = await opened(byCall);
    await started(gateway, 0);
    await started(gateway, 5);
    await gateway.open({ query: JOINED, variables: { first: 0 }, viewer: userWith('a') });
    expect(sources).toHaveLength(3);
  });
});

describe('the socket is closed', () => {
  test('with 1013 when its client reads too slowly', async () => {
    const { gateway, sources } = await opened(byCall, { maxQueuedResults: 2 });
    const { url } = await gateway.listen({ port: 0, host: '127.0.0.1' });
    const client = await acknowledgedSocket(url);
    client.send(subscribeMessage('1', WIDE));
    await client.next();
    client.socket.pause();
    // More than the socket's buffers take, so that results have to wait in the gateway.
    const note = 'x'.repeat(4 << 20);
    while (sources[0]?.push({ sold: { number: 2, note } })) await new Promise(setImmediate);
    client.socket.resume();
    expect(await client.closed).toBe(1013);
  });

  test('with 4403 when the token expires, and comes back with a new one', async () => {
    const { gateway } = await opened(byCall);
    const { url } = await gateway.listen({ port: 0, host: '127.0.0.1' });
    const token = (seconds: number) =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
        .sign(new TextEncoder().encode(SECRET));
    const client = await acknowledgedSocket(url, { authorization: `Bearer ${await token(1)}` });
    client.send(subscribeMessage('1', JOINED));
    await client.next();
    expect(await client.closed).toBe(4403);
    const again = await acknowledgedSocket(url, { authorization: `Bearer ${await token(60)}` });
    again.send(subscribeMessage('1', JOINED));
    expect(await again.next()).toMatchObject({ type: 'next', payload: answer(1, 'Ada') });
  });

  test('with 1012 when the gateway drains, without waiting for subscriptions', async () => {
    const { gateway, ended } = await opened(byCall);
    const { url, close } = await gateway.listen({ port: 0, host: '127.0.0.1' });
    const client = await acknowledgedSocket(url);
    client.send(subscribeMessage('1', JOINED));
    await client.next();
    await close();
    expect(await client.closed).toBe(1012);
    await ended;
  });
});
