import { subscribe as onChannel, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import {
  ANONYMOUS,
  CONNECTION_TEXT,
  callerExtensions,
  createPushIterator,
  isStream,
  type PushIterator,
  type RequestOrigin,
  type SubgraphTransport,
  serveSubgraph,
  shareEvent,
  signInternalToken,
  signMessage,
  TOGETHER,
  VIEWER_HEADER,
} from '@civitas/platform/subgraph';
import type { GraphQLFormattedError } from 'graphql';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { miniSubgraph, silent } from '../../testing/compose.ts';
import { httpTransport } from './http.ts';

const SECRET = 'a secret that is long enough to be one';
/** The default is a second, and a machine may be busy. */
const PATIENCE = { timeout: 5_000 };
const HEARD = 'subscription ($as: Int!) { heard(as: $as) }';
const SAY = 'mutation ($word: String!) { say(word: $word) }';

interface Heard {
  readonly heard: string;
}

/** Everybody hears what is said, as one event; `say` is held until the test lets it go. */
async function served() {
  const listeners: PushIterator<Heard>[] = [];
  const tell = (event: Heard) => {
    for (const listener of listeners) listener.push(event);
  };
  const held = { until: Promise.resolve(), begun: Promise.withResolvers<void>() };
  const subgraph = miniSubgraph(
    'words',
    'type Query { zero: Int } type Mutation { say(word: String!): String } type Subscription { heard(as: Int!): String }',
    {
      Mutation: {
        say: async (_: unknown, { word }: { word: string }) => {
          held.begun.resolve();
          await held.until;
          tell(shareEvent({ heard: word }));
          return word;
        },
      },
      Subscription: {
        heard: {
          subscribe: () => {
            const listener = createPushIterator<Heard>();
            listeners.push(listener);
            return listener;
          },
        },
      },
    },
  );
  const options = { port: 0, host: '127.0.0.1', internalSecret: SECRET, log: silent };
  const server = await serveSubgraph(subgraph, options);
  const transport = httpTransport({ name: 'words', url: server.url, secret: SECRET });
  onTestFinished(async () => {
    await transport.close();
    await server.close();
  });
  const listening = (count: number) => expect.poll(() => listeners.length, PATIENCE).toBe(count);
  return { server, transport, listeners, tell, held, listening };
}

const origin = (change: Partial<RequestOrigin> = {}): RequestOrigin => ({
  viewer: ANONYMOUS,
  requestId: 'request-1',
  signal: new AbortController().signal,
  ...change,
});

async function listen(transport: SubgraphTransport, as: number) {
  const stream = await transport.subscribe({ query: HEARD, variables: { as } }, origin());
  if (!isStream(stream)) throw new Error('It has not started.');
  return stream;
}

const say = (transport: SubgraphTransport, word: string, from = origin()) =>
  transport.execute({ query: SAY, variables: { word } }, from);

/** A gateway on the wire. */
async function peer(url: string, parameters: object) {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws');
  onTestFinished(() => socket.terminate());
  const messages: Record<string, unknown>[] = [];
  socket.on('message', (data) => messages.push(JSON.parse((data as Buffer).toString('utf8'))));
  await once(socket, 'open');
  const caller = { viewer: ANONYMOUS, requestId: 'request-1' } as const;
  const claims = { ...caller, audience: 'words', body: CONNECTION_TEXT };
  const payload = { [VIEWER_HEADER]: await signInternalToken(claims, SECRET), ...parameters };
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  await expect.poll(() => messages, PATIENCE).toHaveLength(1);
  const { nonce } = (messages[0]?.['payload'] ?? {}) as { nonce: string };
  const signed = (message: object, seal: object = {}) =>
    signMessage(JSON.stringify(message), { audience: 'words', nonce, secret: SECRET, ...seal });
  const subscribe = (id: string, query: string, variables: Record<string, unknown>) => {
    const extensions = callerExtensions(caller);
    return { id, type: 'subscribe', payload: { query, variables, extensions } };
  };
  const start = (...asked: Parameters<typeof subscribe>) =>
    socket.send(signed(subscribe(...asked)));
  return { messages, start, socket, signed, subscribe };
}

test('one event of three streams is one message to who understands it, three to whoever does not', async () => {
  const { server, listeners, tell } = await served();
  const gateway = await peer(server.url, { [TOGETHER]: true });
  const other = await peer(server.url, {});
  for (const id of ['a', 'b', 'c']) {
    gateway.start(id, HEARD, { as: 1 });
    other.start(id, HEARD, { as: 2 });
  }
  await expect.poll(() => listeners.length, PATIENCE).toBe(6);
  tell(shareEvent({ heard: 'Hello' }));
  const payload = { data: { heard: 'Hello' } };
  await expect
    .poll(() => [gateway.messages.length, other.messages.length], PATIENCE)
    .toEqual([2, 4]);
  expect(gateway.messages[1]).toEqual({ type: 'next', ids: ['a', 'b', 'c'], payload });
  expect(other.messages.slice(1)).toEqual(
    ['a', 'b', 'c'].map((id) => ({ id, type: 'next', payload })),
  );
  gateway.start('d', SAY, { word: 'Bye' });
  await expect.poll(() => gateway.messages.map(({ type }) => type), PATIENCE).toContain('answer');
});

test('streams get a shared event as one object, each between its own events in order', async () => {
  const { transport, listeners, tell, listening } = await served();
  const streams = [await listen(transport, 1), await listen(transport, 2)];
  await listening(2);
  tell(shareEvent({ heard: 'first' }));
  listeners[0]?.push({ heard: 'own' });
  tell(shareEvent({ heard: 'last' }));
  const words = async (index: number, count: number) => {
    const results = [];
    for (let n = 0; n < count; n += 1) results.push((await streams[index]?.next())?.value);
    return results;
  };
  const [one, other] = [await words(0, 3), await words(1, 2)];
  expect(one.map((result) => result?.data?.['heard'])).toEqual(['first', 'own', 'last']);
  expect(one[0]).toBe(other[0]);
  expect(one[2]).toBe(other[1]);
});

test('a mutation takes the connection of the streams while there is one, else HTTP', async () => {
  const { transport, listening } = await served();
  let requests = 0;
  const count = () => {
    requests += 1;
  };
  onChannel('http.server.request.start', count);
  onTestFinished(() => void unsubscribe('http.server.request.start', count));
  expect(await say(transport, 'one')).toEqual({ data: { say: 'one' } });
  expect(requests).toBe(1);
  const stream = await listen(transport, 1);
  await listening(1);
  const before = requests;
  expect(await say(transport, 'two')).toEqual({ data: { say: 'two' } });
  expect(await stream.next()).toMatchObject({ value: { data: { heard: 'two' } } });
  expect(await transport.execute({ query: '{ zero }' }, origin())).toEqual({
    data: { zero: null },
  });
  expect(requests - before).toBe(1);
});

test('a mutation that has begun is answered before its subgraph stops; one that is cut off is not sent again', async () => {
  const { server, transport, held, listening } = await served();
  await listen(transport, 1);
  await listening(1);
  const release = Promise.withResolvers<void>();
  held.until = release.promise;
  const answer = say(transport, 'late');
  await held.begun.promise;
  const leaving = new AbortController();
  const left = say(transport, 'never', origin({ signal: leaving.signal }));
  leaving.abort();
  await expect(left).rejects.toMatchObject({ code: 'SUBGRAPH_TIMEOUT' });
  const closing = server.close();
  release.resolve();
  expect(await answer).toEqual({ data: { say: 'late' } });
  await transport.close();
  await closing;
  await expect(say(transport, 'gone')).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });
});

test('an operation is done once, and only when it was signed for this connection as it stands', async () => {
  const { server } = await served();
  const one = await peer(server.url, {});
  const other = await peer(server.url, {});
  const refused = [
    JSON.stringify(one.subscribe('a', SAY, { word: 'unsigned' })),
    one.signed(one.subscribe('b', SAY, { word: 'mine' })).replace('mine', 'yours'),
    other.signed(one.subscribe('c', SAY, { word: 'of another connection' })),
    one.signed(one.subscribe('d', SAY, { word: 'by nobody' }), { secret: 'x'.repeat(32) }),
    one.signed(one.subscribe('e', SAY, { word: 'for another' }), { audience: 'figures' }),
  ];
  for (const text of refused) one.socket.send(text);
  const said = one.signed(one.subscribe('f', SAY, { word: 'once' }));
  one.socket.send(said);
  await expect.poll(() => one.messages.length, PATIENCE).toBe(8);
  one.socket.send(said);
  await expect.poll(() => one.messages.length, PATIENCE).toBe(9);
  const codes = one.messages.flatMap(({ id, type, payload }) =>
    type === 'error' ? [[id, ...(payload as GraphQLFormattedError[]).map(codeOf)]] : [],
  );
  expect(codes).toEqual(
    ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => [id, 'INTERNAL_CALLER_REQUIRED']),
  );
  expect(one.messages.filter(({ type }) => type === 'next')).toMatchObject([
    { id: 'f', payload: { data: { say: 'once' } } },
  ]);
});

function codeOf({ extensions }: GraphQLFormattedError): unknown {
  return extensions?.['code'];
}
