import { once } from 'node:events';
import {
  ANONYMOUS,
  createPushIterator,
  isStream,
  type PushIterator,
  type RequestOrigin,
  type SubgraphTransport,
  serveSubgraph,
} from '@civitas/platform/subgraph';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { miniSubgraph, silent } from '../../testing/compose.ts';
import { userWith } from '../../testing/town-gateway.ts';
import { httpTransport } from './http.ts';
import { inProcessTransport } from './in-process.ts';

const SECRET = 'a secret that is long enough to be one';
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Counts, as told by the test; knows who listens and who has left. */
function counter() {
  const sources: PushIterator<{ count: number }>[] = [];
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const subgraph = miniSubgraph(
    'counter',
    /* GraphQL */ `
      type Query { zero: Int }
      type Subscription { count(from: Int!): Int who: String refused: Int }
    `,
    {
      Subscription: {
        count: {
          subscribe: (_: unknown, { from }: { from: number }) => {
            if (from < 0) throw new Error('the password is hunter2');
            const source = createPushIterator<{ count: number }>({
              maxQueued: 3,
              onEnd: () => ended.resolve(),
            });
            sources.push(source);
            source.push({ count: from });
            opened.resolve();
            return source;
          },
        },
        who: {
          subscribe: (_: unknown, __: unknown, { viewer }: RequestOrigin) => {
            const source = createPushIterator<{ who: string }>();
            source.push({ who: viewer.type === 'user' ? viewer.id : 'anonymous' });
            source.end();
            return source;
          },
        },
      },
    },
  );
  return { subgraph, sources, opened: opened.promise, ended: ended.promise };
}

async function served(subgraph: ReturnType<typeof counter>['subgraph']) {
  const server = await serveSubgraph(subgraph, {
    port: 0,
    host: '127.0.0.1',
    internalSecret: SECRET,
    log: silent,
  });
  cleanups.push(() => server.close());
  return server;
}

async function overNetwork(subgraph: ReturnType<typeof counter>['subgraph']) {
  const { url } = await served(subgraph);
  const transport = httpTransport({ name: 'counter', url, secret: SECRET });
  cleanups.push(() => transport.close());
  return transport;
}

const origin = (change: Partial<RequestOrigin> = {}): RequestOrigin => ({
  viewer: ANONYMOUS,
  requestId: 'request-1',
  signal: new AbortController().signal,
  ...change,
});

async function started(transport: SubgraphTransport, query: string, from = origin()) {
  const answer = await transport.subscribe({ query, variables: { from: 5 } }, from);
  if (isStream(answer)) return answer;
  const only = createPushIterator<typeof answer>();
  only.push(answer);
  only.end();
  return only;
}

const COUNT = 'subscription ($from: Int!) { count(from: $from) }';

describe.each([
  [
    'in one process',
    async (subgraph: ReturnType<typeof counter>['subgraph']) => inProcessTransport(subgraph),
  ],
  ['over a WebSocket', overNetwork],
])('a subscription of a subgraph %s', (_, open) => {
  test('brings every event in order and ends with its source', async () => {
    const { subgraph, sources } = counter();
    const stream = await started(await open(subgraph), COUNT);
    expect(await stream.next()).toEqual({ done: false, value: { data: { count: 5 } } });
    sources[0]?.push({ count: 6 });
    sources[0]?.push({ count: 7 });
    sources[0]?.end();
    expect(await stream.next()).toEqual({ done: false, value: { data: { count: 6 } } });
    expect(await stream.next()).toEqual({ done: false, value: { data: { count: 7 } } });
    expect((await stream.next()).done).toBe(true);
  });

  test('return() reaches the source while an event is awaited', async () => {
    const { subgraph, ended } = counter();
    const stream = await started(await open(subgraph), COUNT);
    await stream.next();
    const waiting = stream.next();
    await stream.return?.();
    await ended;
    expect((await waiting).done).toBe(true);
  });

  test('the signal of its origin ends it', async () => {
    const { subgraph, ended } = counter();
    const leaving = new AbortController();
    const stream = await started(await open(subgraph), COUNT, origin({ signal: leaving.signal }));
    await stream.next();
    const waiting = stream.next();
    leaving.abort();
    await ended;
    expect((await waiting).done).toBe(true);
  });

  test('carries its viewer', async () => {
    const { subgraph } = counter();
    const stream = await started(
      await open(subgraph),
      'subscription { who }',
      origin({ viewer: userWith() }),
    );
    expect(await stream.next()).toMatchObject({ value: { data: { who: 'usr_1' } } });
    expect((await stream.next()).done).toBe(true);
  });

  test.each([
    ['subscription { count(from: -1) }', 'INTERNAL_SERVER_ERROR'],
    ['subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
  ])('what cannot start says why, masked: %s', async (query, code) => {
    const { subgraph } = counter();
    const stream = await started(await open(subgraph), query);
    const { value } = await stream.next();
    expect(value.errors).toMatchObject([{ extensions: { code } }]);
    expect(JSON.stringify(value)).not.toContain('hunter2');
    expect((await stream.next()).done).toBe(true);
  });

  test('a source that fails gives one last, masked result', async () => {
    const { subgraph, sources } = counter();
    const stream = await started(await open(subgraph), COUNT);
    await stream.next();
    sources[0]?.fail(new Error('the password is hunter2'));
    const { value } = await stream.next();
    expect(value.errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
    expect(JSON.stringify(value)).not.toContain('hunter2');
    expect((await stream.next()).done).toBe(true);
  });
});

describe('between processes', () => {
  test('a subgraph that goes away ends its subscriptions, and the next one connects again', async () => {
    const first = counter();
    const server = await served(first.subgraph);
    const transport = httpTransport({ name: 'counter', url: server.url, secret: SECRET });
    cleanups.push(() => transport.close());
    const stream = await started(transport, COUNT);
    await stream.next();
    const lost = stream.next();
    await server.close();
    expect(await lost).toMatchObject({
      value: { errors: [{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }] },
    });
    const again = counter();
    const back = await serveSubgraph(again.subgraph, {
      port: Number(new URL(server.url).port),
      host: '127.0.0.1',
      internalSecret: SECRET,
      log: silent,
    });
    cleanups.push(() => back.close());
    const second = await started(transport, COUNT);
    expect(await second.next()).toMatchObject({ value: { data: { count: 5 } } });
    await second.return?.();
  });

  test('who cannot sign gets no connection', async () => {
    const { url } = await served(counter().subgraph);
    const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload: {} }));
    const [code] = await once(socket, 'close');
    expect(code).toBe(4403);
  });

  test('a subgraph of before signed messages is as one that is away', async () => {
    const asked: string[] = [];
    const before = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    cleanups.push(async () => before.close());
    before.on('connection', (socket) =>
      socket.on('message', (data: Buffer) => {
        const { type } = JSON.parse(data.toString());
        asked.push(type);
        if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
      }),
    );
    await once(before, 'listening');
    const { port } = before.address() as { port: number };
    const old = `http://127.0.0.1:${port}/graphql`;
    const transport = httpTransport({ name: 'counter', url: old, secret: SECRET });
    cleanups.push(() => transport.close());
    const stream = await started(transport, COUNT);
    expect(await stream.next()).toMatchObject({
      value: { errors: [{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }] },
    });
    expect(asked).toEqual(['connection_init']);
  });

  test('a slow reader ends its own source instead of filling memory', async () => {
    const { subgraph, sources, ended } = counter();
    const stream = await started(inProcessTransport(subgraph), COUNT);
    await stream.next();
    for (let count = 0; count < 5; count++) sources[0]?.push({ count });
    await ended;
    expect(await stream.next()).toMatchObject({
      value: { errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] },
    });
  });
});
