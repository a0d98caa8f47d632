import { once } from 'node:events';
import { connect } from 'node:net';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { createInProcessPubSub } from '@civitas/platform/pubsub';
import type { PushIterator } from '@civitas/platform/subgraph';
import { createPushIterator } from '@civitas/platform/subgraph';
import { createClient as createEventClient } from 'graphql-sse';
import { SignJWT } from 'jose';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createGateway, type GatewayOptions } from '../../create-gateway.ts';
import { inProcessTransport } from '../../execution/transports/in-process.ts';
import { compose, miniSubgraph, silent } from '../../testing/compose.ts';
import { readParts } from '../../testing/read-parts.ts';
import { userWith } from '../../testing/town-gateway.ts';

const EVENTS = 'text/event-stream';
const PARTS = 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json';
const NEWS = 'subscription { news { text } }';

/** Composed once. */
let supergraphSdl: string | undefined;

/** Tells news when the test does. */
async function opened(options: Partial<GatewayOptions> = {}) {
  const sources: PushIterator<object>[] = [];
  const started = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const paper = miniSubgraph(
    'paper',
    /* GraphQL */ `
      type Query { name: String }
      type Mutation { print: Int }
      type Subscription { news: Article secret: Int @authenticated }
      type Article { text: String }
    `,
    {
      Query: { name: () => 'Gazette' },
      Mutation: { print: () => 1 },
      Subscription: {
        news: {
          subscribe: () => {
            const source = createPushIterator<object>({ onEnd: () => ended.resolve() });
            sources.push(source);
            started.resolve();
            return source;
          },
        },
      },
    },
  );
  supergraphSdl ??= compose([paper]);
  const gateway = await createGateway({
    supergraphSdl,
    transports: new Map([['paper', inProcessTransport(paper)]]),
    verifyAccessToken: async () => userWith(),
    log: silent,
    introspection: true,
    ...options,
  });
  onTestFinished(() => gateway.stop());
  const server = await gateway.listen({ port: 0, host: '127.0.0.1' });
  const tell = (text: string) => sources[0]?.push({ news: { text } });
  return { url: server.url, server, sources, tell, started: started.promise, ended: ended.promise };
}

function subscribe(url: string, accept: string, query = NEWS, headers: object = {}) {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, ...headers },
    body: JSON.stringify({ query }),
  });
}

/** What an event stream says from beginning to end, pings left out. */
async function eventsOf(response: Response): Promise<string[]> {
  const text = await response.text();
  return text.split('\n\n').filter((event) => event !== '' && event !== ':');
}

const token = (seconds: number) =>
  new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .sign(new TextEncoder().encode('a secret that is long enough to be one'));

const forms = [
  { name: 'as server-sent events', accept: EVENTS, type: 'text/event-stream; charset=utf-8' },
  {
    name: 'in multipart',
    accept: PARTS,
    type: 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
  },
];

/** The results of a finished stream in either form. */
async function resultsOf(response: Response): Promise<unknown[]> {
  if (response.headers.get('content-type')?.startsWith(EVENTS)) {
    const events = await eventsOf(response);
    if (events.pop() !== 'event: complete\ndata:') throw new Error('The stream is not complete.');
    return events.map((event) => JSON.parse(event.replace('event: next\ndata: ', '')));
  }
  const parts = await readParts(response, 'graphql');
  return parts.map((part) => {
    const { payload, ...rest } = part as { payload?: object };
    return { ...payload, ...rest };
  });
}

describe.each(forms)('a subscription $name', ({ accept, type }) => {
  test('brings every event in order and ends with its source', async () => {
    const { url, tell, started, sources } = await opened();
    const asked = subscribe(url, accept);
    await started;
    tell('one');
    tell('two');
    sources[0]?.end();
    const response = await asked;
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(type);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-request-id')).toBeTruthy();
    expect(await resultsOf(response)).toEqual([
      { data: { news: { text: 'one' } } },
      { data: { news: { text: 'two' } } },
    ]);
  });

  test('closing the connection reaches the source at once', async () => {
    const { url, started, ended } = await opened();
    const leaving = new AbortController();
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify({ query: NEWS }),
      signal: leaving.signal,
    });
    await started;
    leaving.abort();
    await ended;
    expect(response.ok).toBe(true);
  });

  test('ends with a coded event when the token expires', async () => {
    const { url, started, ended } = await opened();
    const authorization = `Bearer ${await token(1)}`;
    const asked = subscribe(url, accept, NEWS, { authorization });
    await started;
    expect(await resultsOf(await asked)).toEqual([
      { errors: [expect.objectContaining({ message: 'The access token has expired.' })] },
    ]);
    await ended;
  });

  test('ends with a coded event when the rights of its account change', async () => {
    const accessChanges = createInProcessPubSub({ log: silent });
    const { url, started, ended } = await opened({ accessChanges });
    const asked = subscribe(url, accept, NEWS, { authorization: `Bearer ${await token(60)}` });
    await started;
    const response = await asked;
    await accessChanges.publish('identity.access-changes', { userId: 'usr_1', roles: [] });
    expect(await resultsOf(response)).toMatchObject([
      { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    ]);
    await ended;
  });

  test('ends with a coded event when the gateway drains', async () => {
    const { url, started, ended, server } = await opened();
    const response = await subscribe(url, accept);
    await started;
    const closing = server.close();
    expect(await resultsOf(response)).toMatchObject([
      { errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] },
    ]);
    await Promise.all([ended, closing]);
  });

  test('a client that reads too slowly costs a bounded queue, then gets a coded end', async () => {
    const { url, sources, started, ended } = await opened({ maxQueuedResults: 2 });
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    onTestFinished(() => void socket.destroy());
    const body = JSON.stringify({ query: NEWS });
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\naccept: ${accept}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await started;
    socket.pause();
    const text = 'x'.repeat(4 << 20);
    while (sources[0]?.push({ news: { text } })) await new Promise(setImmediate);
    await ended;
    let tail = '';
    socket.on('data', (chunk: Buffer) => {
      tail = (tail + chunk.toString('latin1')).slice(-2_000);
    });
    socket.resume();
    await once(socket, 'end');
    expect(tail).toContain('read too slowly');
    expect(tail).toContain('SERVICE_UNAVAILABLE');
  });

  test('holds to the same access rules and limits', async () => {
    const { url } = await opened({ limits: { maxAliases: 1 } });
    const denied = await subscribe(url, accept, 'subscription { secret }');
    expect(await denied.text()).toContain('UNAUTHENTICATED');
    const large = await subscribe(url, accept, 'subscription { news { a: text b: text } }');
    expect(await large.text()).toContain('OPERATION_TOO_LARGE');
  });

  test('is refused to a foreign page without a preflight', async () => {
    const { url } = await opened();
    const response = await fetch(`${url}?query=${encodeURIComponent(NEWS)}`, {
      headers: { accept },
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('CSRF_PREVENTION');
  });

  test('can be asked for by GET, a mutation cannot', async () => {
    const { url, started, sources } = await opened();
    const get = (query: string) =>
      fetch(`${url}?query=${encodeURIComponent(query)}`, {
        headers: { accept, 'x-civitas-preflight': '1' },
      });
    const asked = get(NEWS);
    await started;
    sources[0]?.end();
    expect(await resultsOf(await asked)).toEqual([]);
    expect(await (await get('mutation { print }')).text()).toContain('METHOD_NOT_ALLOWED');
  });
});

describe('who reads nothing but events', () => {
  test.each([
    ['{ name }', { data: { name: 'Gazette' } }],
    ['mutation { print }', { data: { print: 1 } }],
  ])('gets one for %s', async (query, result) => {
    const { url } = await opened();
    expect(await resultsOf(await subscribe(url, EVENTS, query))).toEqual([result]);
  });

  test('learns of a syntax error by an event, as the protocol has it', async () => {
    const { url } = await opened();
    expect(await resultsOf(await subscribe(url, EVENTS, '{'))).toMatchObject([
      { errors: [{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }] },
    ]);
  });
});

test('who accepts JSON too gets JSON for what is one result', async () => {
  const { url } = await opened();
  const response = await subscribe(url, PARTS, '{ name }');
  expect(response.headers.get('content-type')).toContain('application/json');
  expect(await response.json()).toEqual({ data: { name: 'Gazette' } });
  const refused = await subscribe(url, PARTS, 'subscription { nothing }');
  expect(await refused.json()).toMatchObject({
    errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
  });
});

test('without a form to stream in, a subscription is refused with a hint', async () => {
  const { url } = await opened();
  const response = await subscribe(url, 'application/json');
  expect(response.status).toBe(400);
  expect(await response.text()).toContain('OPERATION_NOT_SUPPORTED');
});

test("Apollo Client's own reader takes the parts as they come", async () => {
  const { url, started, tell, ended } = await opened();
  const client = new ApolloClient({ link: new HttpLink({ uri: url }), cache: new InMemoryCache() });
  const seen: unknown[] = [];
  const second = Promise.withResolvers<void>();
  const subscription = client.subscribe({ query: gql(NEWS) }).subscribe({
    next: ({ data }) => {
      seen.push(data);
      if (seen.length === 2) second.resolve();
    },
  });
  await started;
  tell('one');
  tell('two');
  await second.promise;
  expect(seen).toMatchObject([{ news: { text: 'one' } }, { news: { text: 'two' } }]);
  subscription.unsubscribe();
  await ended;
});

test("graphql-sse's own client takes the events as they come", async () => {
  const { url, started, tell, sources } = await opened();
  const client = createEventClient({ url, retryAttempts: 0 });
  const seen: unknown[] = [];
  const complete = Promise.withResolvers<void>();
  client.subscribe(
    { query: NEWS },
    {
      next: (result) => void seen.push(result),
      error: complete.reject,
      complete: complete.resolve,
    },
  );
  await started;
  tell('one');
  sources[0]?.end();
  await complete.promise;
  expect(seen).toEqual([{ data: { news: { text: 'one' } } }]);
});
