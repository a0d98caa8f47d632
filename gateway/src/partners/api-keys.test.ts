import { CivitasError } from '@civitas/platform/errors';
import { createInProcessPubSub } from '@civitas/platform/pubsub';
import { createPushIterator } from '@civitas/platform/subgraph';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { silent } from '../testing/compose.ts';
import { fakeDirectory, KEY, OTHER_KEY } from '../testing/fake-directory.ts';
import { openedGateway, post } from '../testing/opened-gateway.ts';
import { acknowledgedSocket, openSocket, subscribeMessage } from '../testing/socket-client.ts';
import { identity, library } from '../testing/town.ts';
import { townGateway } from '../testing/town-gateway.ts';
import { watchedTransport } from '../testing/watched-transport.ts';

const STRANGER = `civitas_${'x'.repeat(43)}`;
const directoryOf = (...scopes: string[]) => fakeDirectory({ scopes });

const authorization = `Bearer ${KEY}`;
const WHO = { query: '{ whoAsks }' };

async function whoAsks(url: string, headers: Record<string, string>) {
  const answer = await post(url, WHO, headers);
  const { data, errors } = (await answer.json()) as {
    data?: { whoAsks: string };
    errors?: [{ extensions: { code: string } }];
  };
  return errors?.[0].extensions.code ?? data?.whoAsks.split(' ')[0];
}

describe('an API key', () => {
  test('acts for its owner with its scopes, by HTTP and by WebSocket', async () => {
    const { url } = await openedGateway({ clients: directoryOf('identity:read') });
    expect(await whoAsks(url, { authorization })).toBe('usr_1');
    const client = await acknowledgedSocket(url, { authorization });
    client.send(subscribeMessage('1', '{ whoAsks me { id } }'));
    expect(await client.next()).toMatchObject({
      payload: {
        data: { whoAsks: expect.stringMatching(/^usr_1 identity:read /), me: { id: 'u1' } },
      },
    });
  });

  test.each([STRANGER, `${KEY}x`, 'civitas_', 'civitas_short'])(
    'that is none (%s) is refused on both doors, not taken for anonymous',
    async (key) => {
      const { url } = await openedGateway({ clients: directoryOf('identity:read') });
      const headers = { authorization: `Bearer ${key}` };
      expect(await whoAsks(url, headers)).toBe('UNAUTHENTICATED');
      const client = await openSocket(url);
      client.send({ type: 'connection_init', payload: headers });
      expect(await client.closed).toBe(4401);
    },
  );

  test('opens nothing at a gateway that asks nobody about keys', async () => {
    const { url } = await openedGateway();
    expect(await whoAsks(url, { authorization })).toBe('UNAUTHENTICATED');
  });

  test('is nobody known in a domain that it has no scope of', async () => {
    const people = watchedTransport(identity());
    const books = watchedTransport(library());
    const gateway = await townGateway({
      clients: directoryOf('library:read'),
      instead: { identity: people.transport, library: books.transport },
    });
    await gateway.execute({ query: '{ users { name } shelf }', authorization });
    expect(people.seen.map(({ origin }) => origin.viewer.type)).toEqual(['anonymous']);
    expect(books.seen.map(({ origin }) => origin.viewer.type)).toEqual(['user']);
  });

  test('with a scope of one mutation is its owner there, and nobody known to what is only read', async () => {
    const people = watchedTransport(identity());
    const gateway = await townGateway({
      clients: directoryOf('identity:rename'),
      instead: { identity: people.transport },
    });
    for (const query of [
      '{ whoAsks }',
      'query Mutation { whoAsks }',
      'subscription { ticks }',
      'mutation { rename(id: "u1", name: "N") { name } }',
    ]) {
      const answer = await gateway.open({ query, authorization });
      if ('results' in answer) await answer.results.return?.();
    }
    expect(people.seen.map(({ origin }) => origin.viewer.type)).toEqual([
      ...Array(3).fill('anonymous'),
      'user',
    ]);
  });

  test.each([
    ['identity:read', 'FORBIDDEN'],
    ['identity:read-own', 'FORBIDDEN'],
    ['library:write', 'FORBIDDEN'],
    ['identity:rename', undefined],
    ['identity:write', undefined],
  ])('with the scope %s alone may change a name: %s', async (scope, code) => {
    const people = watchedTransport(identity());
    const gateway = await townGateway({
      clients: directoryOf(scope),
      instead: { identity: people.transport },
    });
    const query =
      'mutation { ...F } fragment F on Mutation { again: rename(id: "u1", name: "N") { id } }';
    const { result } = await gateway.execute({ query, authorization });
    expect(result.errors?.[0]?.extensions?.['code']).toBe(code);
    expect(people.seen).toHaveLength(code === undefined ? 1 : 0);
  });
});

test('who presents one unknown key after the other soon makes identity look up none', async () => {
  const clients = directoryOf('identity:read');
  const gateway = await townGateway({ clients });
  const guess = async (n: number, clientAddress: string) => {
    const authorization = `Bearer civitas_${String(n).padStart(43, 'g')}`;
    const { result, status } = await gateway.execute({ ...WHO, authorization, clientAddress });
    return result.errors?.[0]?.extensions?.['retryAfterSeconds'] === 60 ? 429 : status;
  };
  const answers = [];
  for (let n = 0; n < 70; n += 1) answers.push(await guess(n, '203.0.113.1'));
  expect(answers).toEqual([...Array(60).fill(401), ...Array(10).fill(429)]);
  expect(clients.findKey).toHaveBeenCalledTimes(60);
  expect(await guess(70, '203.0.113.2')).toBe(401);
});

describe('what is known of a key', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  const outcome = async (gateway: Awaited<ReturnType<typeof townGateway>>, key = KEY) => {
    const { result } = await gateway.execute({ ...WHO, authorization: `Bearer ${key}` });
    return result.errors?.[0]?.extensions?.['code'] ?? 'known';
  };

  test('is asked once for many at once, and ends five seconds after it was revoked', async () => {
    const clients = directoryOf('identity:read');
    const gateway = await townGateway({ clients });
    const answers = await Promise.all(Array.from({ length: 50 }, () => outcome(gateway)));
    expect(new Set(answers)).toEqual(new Set(['known']));
    expect(clients.findKey).toHaveBeenCalledTimes(1);
    clients.findKey.mockResolvedValue(null);
    vi.advanceTimersByTime(4_900);
    expect(await outcome(gateway)).toBe('known');
    vi.advanceTimersByTime(101);
    expect(await outcome(gateway)).toBe('UNAUTHENTICATED');
  });

  test('goes on counting while identity is away, for five minutes', async () => {
    const clients = directoryOf('identity:read');
    const gateway = await townGateway({ clients });
    await outcome(gateway);
    clients.findKey.mockRejectedValue(new CivitasError('SERVICE_UNAVAILABLE'));
    vi.advanceTimersByTime(60_000);
    expect(await outcome(gateway)).toBe('known');
    expect(await outcome(gateway)).toBe('known');
    expect(clients.findKey).toHaveBeenCalledTimes(2);
    expect(await outcome(gateway, STRANGER)).toBe('SERVICE_UNAVAILABLE');
    vi.advanceTimersByTime(240_000);
    expect(await outcome(gateway)).toBe('SERVICE_UNAVAILABLE');
  });
});

describe('what is open with an API key', () => {
  async function opened(options: { expiresAt?: Date } = {}) {
    const accessChanges = createInProcessPubSub({ log: silent });
    const clients = fakeDirectory({ scopes: ['identity:read'], ...options });
    const endless = { ...watchedTransport(identity()).transport };
    endless.subscribe = async () => createPushIterator();
    const instead = { identity: endless };
    const { url } = await openedGateway({ clients, accessChanges, instead });
    const client = await acknowledgedSocket(url, { authorization });
    const tell = (change: object) =>
      accessChanges.publish('identity.access-changes', { userId: 'usr_1', ...change });
    return { url, client, tell };
  }

  test('ends when the key is revoked, and the key opens nothing more, on both doors', async () => {
    const { url, client, tell } = await opened();
    const stream = await fetch(url, {
      method: 'POST',
      headers: { authorization, accept: 'text/event-stream', 'content-type': 'application/json' },
      body: '{"query":"subscription { ticks }"}',
    });
    const other = await acknowledgedSocket(url, { authorization: `Bearer ${OTHER_KEY}` });
    await tell({ endedSessions: ['key_1'] });
    expect(await client.closed).toBe(4403);
    expect(await stream.text()).toContain('"code":"UNAUTHENTICATED"');
    expect(await whoAsks(url, { authorization })).toBe('UNAUTHENTICATED');
    other.send({ type: 'ping' });
    expect(await other.next()).toEqual({ type: 'pong' });
  });

  test('ends with the overlap of a key that was rotated', async () => {
    const { url, client, tell } = await opened();
    const endsAt = Date.now() + 300;
    await tell({ endedSessions: ['key_1'], endsAt: new Date(endsAt).toISOString() });
    expect(await whoAsks(url, { authorization })).not.toBe('UNAUTHENTICATED');
    expect(await client.closed).toBe(4403);
    expect(Date.now()).toBeGreaterThanOrEqual(endsAt);
  });

  test('ends when the key expires', async () => {
    const { client } = await opened({ expiresAt: new Date(Date.now() + 500) });
    expect(await client.closed).toBe(4403);
  });
});

test.each([
  ['no proxy is trusted', [], '127.0.0.1'],
  ['this one is', ['127.0.0.1'], '203.0.113.7'],
])('subgraphs learn where the client is, on both doors, when %s', async (_, trusted, address) => {
  const people = watchedTransport(identity());
  const { url } = await openedGateway({
    trustedProxies: trusted,
    instead: { identity: people.transport },
  });
  const headers = { 'x-forwarded-for': '6.6.6.6, 203.0.113.7' };
  await post(url, WHO, headers);
  const client = await openSocket(url, headers);
  client.send({ type: 'connection_init' });
  await client.next();
  client.send(subscribeMessage('1', '{ whoAsks }'));
  await client.next();
  expect(people.seen.map(({ origin }) => origin.clientAddress)).toEqual([address, address]);
});
