import { createMemoryKeyValueStore, createRedisKeyValueStore } from '@civitas/platform/keyvalue';
import { startTestRedis, type TestRedis } from '@civitas/testkit/redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silent } from '../testing/compose.ts';
import { fakeDirectory, KEY, kiosk, OTHER_KEY } from '../testing/fake-directory.ts';
import { openedGateway, post } from '../testing/opened-gateway.ts';
import { acknowledgedSocket, subscribeMessage } from '../testing/socket-client.ts';

const QUERY = { query: '{ shelf }' };

let redis: TestRedis;
beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.stop());

const store = (url = redis.url) => createRedisKeyValueStore({ redisUrl: url, log: silent });
const bearing = (key: string) => ({ authorization: `Bearer ${key}` });

/** Five requests a minute for a key of the kiosk. */
const few = { account: { ...kiosk, requestsPerMinute: 5 } };

const statuses = async (answers: readonly Promise<Response>[]) =>
  (await Promise.all(answers)).map(({ status }) => status).sort();
const times = (count: number, send: (n: number) => Promise<Response>) =>
  Array.from({ length: count }, (_, n) => send(n));

/** Time stands still in it, however long the machine takes. */
const frozen = () => {
  const now = new Date();
  return createMemoryKeyValueStore({ now: () => now });
};

describe('a caller that has used up its minute', () => {
  test('is told so with the standard headers, and when to come back', async () => {
    const { url } = await openedGateway({ clients: fakeDirectory(few), keyValue: frozen() });
    const first = await post(url, QUERY, bearing(KEY));
    expect(first.status).toBe(200);
    expect(first.headers.get('ratelimit-policy')).toBe('"minute";q=5;w=60');
    expect(first.headers.get('ratelimit')).toBe('"minute";r=4;t=12');
    expect(first.headers.get('retry-after')).toBeNull();
    for (let n = 0; n < 4; n += 1) await post(url, QUERY, bearing(KEY));
    const refused = await post(url, QUERY, bearing(KEY));
    expect(refused.status).toBe(429);
    expect(refused.headers.get('ratelimit')).toBe('"minute";r=0;t=12');
    expect(refused.headers.get('retry-after')).toBe('12');
    expect(await refused.json()).toMatchObject({
      errors: [{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 12, quota: 5 } }],
    });
  });

  test('is refused on a WebSocket too, and does not lose it', async () => {
    const { url } = await openedGateway({ clients: fakeDirectory(few), keyValue: frozen() });
    const client = await acknowledgedSocket(url, bearing(KEY));
    const outcomes = [];
    for (let n = 0; n < 7; n += 1) {
      client.send(subscribeMessage(String(n), '{ shelf }'));
      const answer = await client.next();
      outcomes.push(answer.type);
      if (answer.type === 'next') await client.next();
    }
    expect(outcomes).toEqual([...Array(5).fill('next'), 'error', 'error']);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  test('takes nothing from others: keys, people and addresses are counted apart', async () => {
    const { url } = await openedGateway({
      clients: fakeDirectory(few),
      keyValue: frozen(),
      clientPolicy: { anonymousPerMinute: 2, userPerMinute: 3 },
      trustedProxies: ['127.0.0.1'],
    });
    await Promise.all(times(6, () => post(url, QUERY, bearing(KEY))));
    expect((await post(url, QUERY, bearing(OTHER_KEY))).status).toBe(200);
    const from = (address: string) => post(url, QUERY, { 'x-forwarded-for': address });
    expect(await statuses(times(4, () => from('203.0.113.1')))).toEqual([200, 200, 429, 429]);
    expect((await from('203.0.113.2')).status).toBe(200);
    expect(await statuses(times(4, () => post(url, QUERY, bearing('good'))))).toEqual([
      200, 200, 200, 429,
    ]);
  });
});

test('a quota of the day holds beside the rate of the minute', async () => {
  const { url } = await openedGateway({
    clients: fakeDirectory({ account: { ...kiosk, requestsPerDay: 2 } }),
  });
  const answers = [];
  for (let n = 0; n < 3; n += 1) answers.push(await post(url, QUERY, bearing(KEY)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
  expect(answers[0]?.headers.get('ratelimit-policy')).toBe(
    '"minute";q=1000;w=60, "day";q=2;w=86400',
  );
  const untilMidnight = 86_400 - ((Date.now() / 1000) % 86_400);
  const retryAfter = Number(answers[2]?.headers.get('retry-after'));
  expect(Math.abs(retryAfter - untilMidnight)).toBeLessThan(5);
});

test('a request that its minute refuses is none of the day', async () => {
  let now = new Date();
  const account = { ...kiosk, requestsPerMinute: 1, requestsPerDay: 2 };
  const { url } = await openedGateway({
    clients: fakeDirectory({ account }),
    keyValue: createMemoryKeyValueStore({ now: () => now }),
  });
  const ask = async () => (await post(url, QUERY, bearing(KEY))).status;
  expect([await ask(), await ask(), await ask()]).toEqual([200, 429, 429]);
  now = new Date(now.getTime() + 60_000);
  expect(await ask()).toBe(200);
});

test('two gateways on one Redis let through together what one would', async () => {
  const open = () => openedGateway({ clients: fakeDirectory(few), keyValue: store() });
  const [one, other] = [await open(), await open()];
  const startedAt = performance.now();
  const answers = times(40, (n) => post((n % 2 === 0 ? one : other).url, QUERY, bearing(KEY)));
  const through = (await statuses(answers)).filter((status) => status === 200).length;
  // A slow machine gives a token back every twelve seconds.
  const returned = Math.floor((performance.now() - startedAt) / 12_000);
  expect(through).toBeGreaterThanOrEqual(5);
  expect(through).toBeLessThanOrEqual(5 + returned);
});

test('while Redis is away each gateway counts for itself, without making anybody wait', async () => {
  const own = await startTestRedis();
  const { url } = await openedGateway({ clients: fakeDirectory(few), keyValue: store(own.url) });
  expect((await post(url, QUERY, bearing(OTHER_KEY))).status).toBe(200);
  own.pause();
  const startedAt = performance.now();
  const first = await statuses(times(8, () => post(url, QUERY, bearing(KEY))));
  expect(first).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  await own.stop();
  expect((await post(url, QUERY, bearing(OTHER_KEY))).status).toBe(200);
});
