import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CivitasError } from '@civitas/platform/errors';
import {
  ANONYMOUS,
  type RequestOrigin,
  type Subgraph,
  type SubgraphTransport,
  serveSubgraph,
} from '@civitas/platform/subgraph';
import { afterEach, describe, expect, test } from 'vitest';
import { miniSubgraph, silent } from '../../testing/compose.ts';
import { userWith } from '../../testing/town-gateway.ts';
import { httpTransport } from './http.ts';
import { inProcessTransport } from './in-process.ts';

const SECRET = 'a secret that is long enough to be one';
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const origin = (change: Partial<RequestOrigin> = {}): RequestOrigin => ({
  viewer: ANONYMOUS,
  requestId: 'request-1',
  signal: new AbortController().signal,
  ...change,
});

function clock(overrides: Partial<Subgraph> = {}): Subgraph {
  const made = miniSubgraph(
    'clock',
    /* GraphQL */ `
      scalar Moment
      type Query {
        now: Moment
        who: String
        add(a: Int!, b: Int = 1): Int
        refused: Int
        broken: Int
        busy: Int
        hangs: Int
      }
      type Mutation {
        set(to: Int!): Int
      }
    `,
    {
      Query: {
        now: () => '2026-01-01T00:00:00.000Z',
        who: (_: unknown, __: unknown, { viewer, requestId }: RequestOrigin) =>
          JSON.stringify([viewer, requestId]),
        add: (_: unknown, { a, b }: { a: number; b: number }) => a + b,
        refused: () => {
          throw new CivitasError('FORBIDDEN');
        },
        broken: () => {
          throw new Error('password is hunter2');
        },
        busy: () => {
          throw Object.assign(new Error('connect ECONNREFUSED hunter2'), { code: 'ECONNREFUSED' });
        },
        hangs: () => new Promise(() => undefined),
      },
      Mutation: { set: (_: unknown, { to }: { to: number }) => to },
    },
  );
  return { ...made, ...overrides };
}

async function overHttp(subgraph: Subgraph): Promise<SubgraphTransport> {
  const served = await serveSubgraph(subgraph, {
    port: 0,
    host: '127.0.0.1',
    internalSecret: SECRET,
    log: silent,
  });
  cleanups.push(() => served.close());
  return opened(served.url);
}

function opened(url: string, options: object = {}): SubgraphTransport {
  const transport = httpTransport({ name: 'clock', url, secret: SECRET, ...options });
  cleanups.push(() => transport.close());
  return transport;
}

describe.each([
  ['in process', async (subgraph: Subgraph) => inProcessTransport(subgraph)],
  ['over HTTP', overHttp],
])('every transport keeps the contract: %s', (_, reach) => {
  const ask = async (query: string, variables?: Record<string, unknown>, from = origin()) =>
    (await reach(clock())).execute({ query, variables }, from);

  test('answers queries and mutations with variables and defaults', async () => {
    expect(await ask('query Q($a: Int!) { add(a: $a) now }', { a: 2 })).toEqual({
      data: { add: 3, now: '2026-01-01T00:00:00.000Z' },
    });
    expect(await ask('mutation { set(to: 4) }')).toEqual({ data: { set: 4 } });
  });

  test('hands over the viewer and the request id', async () => {
    const viewer = userWith('a', 'b');
    const { data } = await ask('{ who }', undefined, origin({ viewer, requestId: 'request-9' }));
    expect(JSON.parse(String(data?.['who']))).toEqual([viewer, 'request-9']);
  });

  test('a GraphQL error is an answer, coded and with its path', async () => {
    const { data, errors } = await ask('{ add(a: 1) refused }');
    expect(data).toEqual({ add: 2, refused: null });
    expect(errors).toMatchObject([{ path: ['refused'], extensions: { code: 'FORBIDDEN' } }]);
  });

  test('an unexpected failure leaves the subgraph masked', async () => {
    const answer = await ask('{ broken busy }');
    expect(answer.errors).toMatchObject([
      { path: ['broken'], extensions: { code: 'INTERNAL_SERVER_ERROR' } },
      { path: ['busy'], extensions: { code: 'SERVICE_UNAVAILABLE' } },
    ]);
    expect(JSON.stringify(answer)).not.toContain('hunter2');
  });

  test.each(['{ nope }', '{ add }', '{'])(
    'a document that does not fit (%s) is an answer without data',
    async (query) => {
      const answer = await ask(query);
      expect(answer.data).toBeUndefined();
      expect(answer.errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
    },
  );

  test('gives up when the signal aborts, also when it already has', async () => {
    const controller = new AbortController();
    const waiting = ask('{ hangs }', undefined, origin({ signal: controller.signal }));
    setTimeout(() => controller.abort(), 20);
    await expect(waiting).rejects.toMatchObject({ code: 'SUBGRAPH_TIMEOUT' });
    await expect(
      ask('{ now }', undefined, origin({ signal: AbortSignal.abort() })),
    ).rejects.toMatchObject({
      code: 'SUBGRAPH_TIMEOUT',
    });
  });

  test('is ready when the subgraph is', async () => {
    await expect((await reach(clock())).ready()).resolves.toBeUndefined();
    const down = clock({ ready: () => Promise.reject(new Error('no database')) });
    await expect((await reach(down)).ready()).rejects.toThrow();
  });
});

async function answering(
  listener: RequestListener,
  options: object = {},
): Promise<SubgraphTransport> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return opened(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, options);
}

describe('over HTTP, no answer is a coded failure', () => {
  const query = '{ now }';

  test.each<[string, RequestListener]>([
    [
      'a 500',
      (_, response) =>
        response.writeHead(500, { 'content-type': 'application/json' }).end('{"data":{}}'),
    ],
    [
      'HTML',
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>hi</p>'),
    ],
    [
      'broken JSON',
      (_, response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"data"'),
    ],
    [
      'JSON that is no result',
      (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('[1]'),
    ],
    [
      'a refusal of the signature',
      (_, response) =>
        response
          .writeHead(401, { 'content-type': 'application/json' })
          .end('{"errors":[{"message":"x"}]}'),
    ],
    [
      'an answer beyond its limit',
      (_, response) =>
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ data: { a: 'x'.repeat(5_000) } })),
    ],
  ])('%s', async (_, listener) => {
    const transport = await answering(listener, { maxResponseBytes: 4_000 });
    await expect(transport.execute({ query }, origin())).rejects.toMatchObject({
      code: 'SUBGRAPH_UNAVAILABLE',
    });
  });

  test('nobody listens', async () => {
    const transport = opened('http://127.0.0.1:1/graphql');
    await expect(transport.execute({ query }, origin())).rejects.toMatchObject({
      code: 'SUBGRAPH_UNAVAILABLE',
    });
    await expect(transport.ready()).rejects.toThrow();
  });

  test('silence, before and within the answer', async () => {
    for (const listener of [
      () => undefined,
      (_: unknown, response: Parameters<RequestListener>[1]) => {
        response.writeHead(200, { 'content-type': 'application/json' }).write('{"da');
      },
    ]) {
      const transport = await answering(listener, { responseTimeoutMs: 100 });
      await expect(transport.execute({ query }, origin())).rejects.toMatchObject({
        code: 'SUBGRAPH_TIMEOUT',
      });
    }
  });

  test("a broken connection: whether to send again is not the transport's to say", async () => {
    let requests = 0;
    const transport = await answering((request) => {
      requests += 1;
      request.socket.destroy();
    });
    await expect(transport.execute({ query }, origin())).rejects.toMatchObject({
      code: 'SUBGRAPH_UNAVAILABLE',
    });
    expect(requests).toBe(1);
  });

  test('a token for another subgraph is refused', async () => {
    const served = await serveSubgraph(clock(), {
      port: 0,
      host: '127.0.0.1',
      internalSecret: SECRET,
      log: silent,
    });
    cleanups.push(() => served.close());
    const wrong = opened(served.url, { name: 'calendar' });
    await expect(wrong.execute({ query }, origin())).rejects.toMatchObject({
      code: 'SUBGRAPH_UNAVAILABLE',
    });
  });
});
