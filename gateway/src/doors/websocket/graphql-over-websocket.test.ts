import { once } from 'node:events';
import { CivitasError } from '@civitas/platform/errors';
import { createPushIterator, type SubgraphTransport } from '@civitas/platform/subgraph';
import { createLogger } from '@civitas/platform/telemetry';
import type { FormattedExecutionResult } from 'graphql';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { fakeDirectory } from '../../testing/fake-directory.ts';
import { openedGateway } from '../../testing/opened-gateway.ts';
import {
  acknowledgedSocket as acknowledged,
  openSocket as opened,
  subscribeMessage as subscribe,
} from '../../testing/socket-client.ts';
import { unreachable } from '../../testing/town-gateway.ts';

describe('operations over a WebSocket', () => {
  test('queries and mutations are answered and completed, several at a time', async () => {
    const { url } = await openedGateway();
    const client = await acknowledged(url);
    client.send(
      subscribe('1', 'query ($id: ID!) { user(id: $id) { name sold } }', {
        variables: { id: 'u1' },
      }),
    );
    expect(await client.next()).toEqual({
      id: '1',
      type: 'next',
      payload: { data: { user: { name: 'Ada', sold: 3 } } },
    });
    expect(await client.next()).toEqual({ id: '1', type: 'complete' });
    client.send(subscribe('2', 'mutation { rename(id: "u2", name: "N") { name } }'));
    client.send(subscribe('3', '{ shelf }'));
    const answers = [
      await client.next(),
      await client.next(),
      await client.next(),
      await client.next(),
    ];
    expect(
      answers
        .filter(({ type }) => type === 'next')
        .map(({ id, payload }) => [id, payload])
        .sort(),
    ).toEqual([
      ['2', { data: { rename: { name: 'N' } } }],
      ['3', { data: { shelf: 'full' } }],
    ]);
  });

  test('errors of a running operation come with its data', async () => {
    const { url } = await openedGateway();
    const client = await acknowledged(url);
    client.send(subscribe('1', '{ failCoded shelf }'));
    expect(await client.next()).toMatchObject({
      type: 'next',
      payload: {
        data: { failCoded: null, shelf: 'full' },
        errors: [
          { path: ['failCoded'], extensions: { code: 'NOT_FOUND', requestId: expect.any(String) } },
        ],
      },
    });
  });

  test.each([
    ['{', 'GRAPHQL_PARSE_FAILED'],
    ['{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['subscription { ticks ticks2: ticks }', 'GRAPHQL_VALIDATION_FAILED'],
    ['subscription { ticks @include(if: true) }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ audit }', 'UNAUTHENTICATED'],
    [`{ ${'shelf '.repeat(51)} }`, 'OPERATION_TOO_LARGE'],
  ])('what HTTP refuses is refused here (%s), and the socket stays open', async (query, code) => {
    const { url } = await openedGateway();
    const client = await acknowledged(url);
    client.send(subscribe('1', query));
    expect(await client.next()).toMatchObject({
      id: '1',
      type: 'error',
      payload: [{ extensions: { code, requestId: expect.any(String) } }],
    });
    client.send(subscribe('1', '{ shelf }'));
    expect(await client.next()).toMatchObject({
      type: 'next',
      payload: { data: { shelf: 'full' } },
    });
  });
});

describe('who is asking', () => {
  test.each(['authorization', 'Authorization'])('is told in connectionParams.%s', async (name) => {
    const { url } = await openedGateway();
    const client = await acknowledged(url, { [name]: 'Bearer good' });
    client.send(subscribe('1', '{ book(isbn: "b1") { secret } whoAsks }'));
    expect(await client.next()).toMatchObject({
      type: 'next',
      payload: { data: { whoAsks: expect.stringContaining('usr_1 books:secret') } },
    });
  });

  test('a bad token closes the socket with 4401', async () => {
    const { url } = await openedGateway();
    const client = await opened(url);
    client.send({ type: 'connection_init', payload: { authorization: 'Bearer bad' } });
    expect(await client.closed).toBe(4401);
  });

  test('a bad token of a cookie closes it with 4403, for its page to renew it and come back', async () => {
    const { url, origin } = await openedGateway();
    const cookie = '__Host-civitas-access=a.b.c';
    for (const [payload, code] of [
      [{}, 4403],
      [{ authorization: 'Bearer bad' }, 4401],
    ] as const) {
      const client = await opened(url, { cookie, origin });
      client.send({ type: 'connection_init', payload });
      expect(await client.closed).toBe(code);
    }
  });

  test('who tries many keys is closed with 4429, who cannot be looked up with 1013', async () => {
    const directory = fakeDirectory();
    const { url, gateway } = await openedGateway({ clients: directory });
    const keyOf = (n: number) => `Bearer civitas_${String(n).padStart(43, 'x')}`;
    const init = async (n: number) => {
      const client = await opened(url);
      client.send({ type: 'connection_init', payload: { authorization: keyOf(n) } });
      return client.closed;
    };
    directory.findKey.mockRejectedValueOnce(new CivitasError('SERVICE_UNAVAILABLE'));
    expect(await init(0)).toBe(1013);
    const clientAddress = '127.0.0.1';
    for (let n = 1; n <= 60; n += 1) {
      await gateway.execute({ query: '{ shelf }', authorization: keyOf(n), clientAddress });
    }
    expect(await init(61)).toBe(4429);
  });

  test('a token that expires on an open socket is noticed by the next operation', async () => {
    let expired = false;
    const { url } = await openedGateway({
      verifyAccessToken: async () => {
        if (expired) throw new CivitasError('UNAUTHENTICATED');
        return {
          type: 'user',
          id: 'usr_2',
          kind: 'DONOR',
          roles: [],
          scopes: [],
          sessionId: 'ses_2',
        };
      },
    });
    const client = await acknowledged(url, { authorization: 'Bearer abc' });
    client.send(subscribe('1', '{ whoAsks }'));
    expect(await client.next()).toMatchObject({ type: 'next' });
    await client.next();
    expired = true;
    client.send(subscribe('2', '{ whoAsks }'));
    expect(await client.next()).toMatchObject({
      id: '2',
      type: 'error',
      payload: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });
});

describe('the socket is closed, with the code of the protocol, for', () => {
  test.each<[string, number, (client: Awaited<ReturnType<typeof opened>>) => void]>([
    [
      'an operation before the initialisation',
      4401,
      ({ send }) => send(subscribe('1', '{ shelf }')),
    ],
    ['something that is not a message', 4400, ({ send }) => send('hello')],
    [
      'a second initialisation',
      4429,
      ({ send }) => {
        send({ type: 'connection_init' });
        send({ type: 'connection_init' });
      },
    ],
  ])('%s: %i', async (_, code, act) => {
    const { url } = await openedGateway();
    const client = await opened(url);
    act(client);
    expect(await client.closed).toBe(code);
  });

  // Before it is admitted a socket that sends so much is cut off: see slow-frames.test.ts.
  test('a message over the limit: 1009', async () => {
    const { url } = await openedGateway();
    const client = await acknowledged(url);
    client.send('x'.repeat(1024 * 1024 + 1));
    expect(await client.closed).toBe(1009);
  });

  test('an id that is in use: 4409', async () => {
    const { url } = await openedGateway();
    const client = await acknowledged(url);
    client.send(subscribe('1', '{ never }'));
    client.send(subscribe('1', '{ never }'));
    expect(await client.closed).toBe(4409);
  });
});

/** A subscription that a lying subgraph answers. */
async function openedOver(start: SubgraphTransport['subscribe']) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLogger({ name: 'test', level: 'error', destination });
  const { url } = await openedGateway({
    log,
    instead: { identity: { ...unreachable, subscribe: start } },
  });
  const client = await acknowledged(url);
  client.send(subscribe('1', 'subscription { ticks }'));
  return { client, lines };
}

test('what nobody has thought of closes the socket with 4500, is logged, and says nothing of itself', async () => {
  // No answer can be made of it: it is no JSON.
  const extensions = { code: 'NOT_FOUND', hunter2: 2n };
  const { client, lines } = await openedOver(async () => ({
    errors: [{ message: 'none', extensions }],
  }));
  expect((await once(client.socket, 'close')).map(String)).toEqual([
    '4500',
    'Internal server error',
  ]);
  expect(lines.join()).toContain('socket message failed');
});

test('a source that breaks ends its subscription with a masked code, and the socket stays', async () => {
  const broken = createPushIterator<FormattedExecutionResult>();
  const { client, lines } = await openedOver(async () => broken);
  broken.fail(new Error('the password is hunter2'));
  const last = await client.next();
  expect(last).toMatchObject({
    type: 'next',
    payload: { errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] },
  });
  expect(JSON.stringify(last)).not.toContain('hunter2');
  expect(await client.next()).toEqual({ id: '1', type: 'complete' });
  client.send(subscribe('2', '{ shelf }'));
  expect(await client.next()).toMatchObject({ payload: { data: { shelf: 'full' } } });
  expect(lines.join()).toContain('hunter2');
});

test('each result waits until the one before has been taken, and all come in order', async () => {
  const source = createPushIterator<FormattedExecutionResult>();
  const { client } = await openedOver(async () => source);
  const long = 'x'.repeat(100_000);
  for (let ticks = 1; ticks <= 3; ticks += 1) {
    source.push({ data: { ticks, long }, extensions: { cursor: long } });
    source.push({ data: { ticks } });
  }
  for (const ticks of [1, 1, 2, 2, 3, 3]) {
    expect(await client.next()).toMatchObject({ payload: { data: { ticks } } });
  }
});

describe('a client that has completed an operation before it was answered', () => {
  test('is sent nothing of it, and its source ends', async () => {
    const ended = Promise.withResolvers<void>();
    const source = createPushIterator<FormattedExecutionResult>({ onEnd: () => ended.resolve() });
    const begun = Promise.withResolvers<void>();
    const held = Promise.withResolvers<typeof source>();
    const { client } = await openedOver((_, { signal }) => {
      signal.addEventListener('abort', () => void source.return());
      begun.resolve();
      return held.promise;
    });
    await begun.promise;
    client.send({ type: 'complete', id: '1' });
    client.send({ type: 'ping' });
    expect(await client.next()).toEqual({ type: 'pong' });
    source.push({ data: { ticks: 1 } });
    held.resolve(source);
    await ended.promise;
    client.send({ type: 'ping' });
    expect(await client.next()).toEqual({ type: 'pong' });
  });

  test.each([
    ['an answer', '{ shelf }'],
    ['a refusal', 'subscription { ticks }'],
  ])('is not sent %s', async (_, query) => {
    const begun = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const late: SubgraphTransport = {
      ...unreachable,
      execute: async () => {
        begun.resolve();
        await held.promise;
        return { data: { shelf: 'late' } };
      },
      subscribe: async () => {
        begun.resolve();
        await held.promise;
        return { errors: [{ message: 'none', extensions: { code: 'NOT_FOUND' } }] };
      },
    };
    const { url } = await openedGateway({ instead: { identity: late, library: late } });
    const client = await acknowledged(url);
    client.send(subscribe('1', query));
    await begun.promise;
    client.send({ type: 'complete', id: '1' });
    client.send({ type: 'ping' });
    expect(await client.next()).toEqual({ type: 'pong' });
    held.resolve();
    await new Promise(setImmediate);
    client.send({ type: 'ping' });
    expect(await client.next()).toEqual({ type: 'pong' });
  });
});

describe('a page of', () => {
  const status = async (url: string, origin: string) => {
    const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { origin });
    onTestFinished(() => socket.terminate());
    return new Promise((resolve) => {
      socket.once('open', () => resolve(101));
      socket.once('unexpected-response', (_, response) => resolve(response.statusCode));
      socket.on('error', () => undefined);
    });
  };

  test('its own or a listed origin may open a socket, a foreign one may not', async () => {
    const { url, origin } = await openedGateway({ corsOrigins: ['https://shop.example'] });
    expect(await status(url, origin)).toBe(101);
    expect(await status(url, 'https://shop.example')).toBe(101);
    expect(await status(url, 'https://evil.example')).toBe(403);
    expect(await status(url, 'null')).toBe(403);
    expect(await status(url.replace('/graphql', '/other'), origin)).toBe(404);
  });
});

test('more than a hundred operations at once on one socket are refused one by one', async () => {
  const { url } = await openedGateway({ deadlineMs: 2_000 });
  const client = await acknowledged(url);
  for (let n = 0; n <= 100; n++) client.send(subscribe(`${n}`, '{ never }'));
  expect(await client.next()).toMatchObject({
    id: '100',
    type: 'error',
    payload: [{ extensions: { code: 'RATE_LIMITED' } }],
  });
});
