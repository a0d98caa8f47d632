import { startTestRedis, type TestRedis } from '@civitas/testkit/redis';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { newId } from '../ids/index.ts';
import { createLogger } from '../telemetry/index.ts';
import {
  createMemoryKeyValueStore,
  createRedisKeyValueStore,
  type KeyValueStore,
} from './index.ts';

const log = createLogger({ name: 'test', level: 'silent' });
let redis: TestRedis;
let passedMs = 0;
const now = () => new Date(Date.UTC(2024, 0, 1) + passedMs);

beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.stop());

const shapes = [
  {
    name: 'in memory',
    open: () => createMemoryKeyValueStore({ now }),
    pass: async (ms: number) => {
      passedMs += ms;
    },
  },
  {
    name: 'in Redis',
    open: () => createRedisKeyValueStore({ redisUrl: redis.url, log }),
    // Redis has its own clock: wait until it says so.
    pass: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms + 20)),
  },
];

describe.each(shapes)('a key-value store $name', ({ open, pass }) => {
  let store: KeyValueStore;
  let key: string;
  beforeAll(() => {
    store = open();
    return () => store.close();
  });
  beforeEach(() => {
    key = newId('key');
  });

  test('gives back what was set, until it is deleted', async () => {
    expect(await store.get(key)).toBeUndefined();
    await store.set(key, 'ä\n"1"', 60_000);
    expect(await store.get(key)).toBe('ä\n"1"');
    await store.set(key, '', 60_000);
    expect(await store.get(key)).toBe('');
    await store.delete(key);
    expect(await store.get(key)).toBeUndefined();
  });

  test('forgets a value after its time', async () => {
    await store.set(key, 'short', 80);
    expect(await store.get(key)).toBe('short');
    await pass(80);
    expect(await store.get(key)).toBeUndefined();
    expect(await store.setIfAbsent(key, 'next', 60_000)).toBe(true);
  });

  test('lets one of many set what is absent', async () => {
    const attempts = ['a', 'b', 'c', 'd'].map((value) => store.setIfAbsent(key, value, 60_000));
    expect((await Promise.all(attempts)).filter(Boolean)).toHaveLength(1);
    expect(await store.setIfAbsent(key, 'late', 60_000)).toBe(false);
    expect(await store.get(key)).toBe('a');
  });

  test('counts concurrent increments within one window that adding does not prolong', async () => {
    const counts = await Promise.all([1, 2, 3].map((by) => store.increment(key, by, 300)));
    expect(counts.map(({ value }) => value).sort()).toEqual([1, 3, 6]);
    await pass(100);
    const later = await store.increment(key, 1, 300);
    expect(later.value).toBe(7);
    expect(later.remainingMs).toBeGreaterThan(0);
    expect(later.remainingMs).toBeLessThanOrEqual(200);
    await pass(200);
    expect(await store.increment(key, 5, 300)).toEqual({ value: 5, remainingMs: 300 });
  });

  test('refuses to count on what is not a counter and leaves it as it is', async () => {
    await store.set(key, 'text', 60_000);
    await expect(store.increment(key, 1, 1_000)).rejects.toThrow(TypeError);
    expect(await store.get(key)).toBe('text');
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses %d as a time to live and sets nothing',
    async (ttlMs) => {
      await expect(store.set(key, 'x', ttlMs)).rejects.toThrow(RangeError);
      await expect(store.setIfAbsent(key, 'x', ttlMs)).rejects.toThrow(RangeError);
      await expect(store.increment(key, 1, ttlMs)).rejects.toThrow(RangeError);
      expect(await store.get(key)).toBeUndefined();
    },
  );

  test('gives many who want tokens at once no more than there are, and more as time goes by', async () => {
    const bucket = { capacity: 3, perSecond: 5 };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => store.takeToken(key, bucket)),
    );
    expect(answers.filter(({ taken }) => taken)).toHaveLength(3);
    expect(answers[0]).toEqual({ taken: true, left: 2, waitMs: 0 });
    const refused = answers.at(-1);
    expect(refused).toMatchObject({ taken: false, left: 0 });
    expect(refused?.waitMs).toBeGreaterThan(0);
    expect(refused?.waitMs).toBeLessThanOrEqual(200);
    await pass(refused?.waitMs ?? 0);
    expect((await store.takeToken(key, bucket)).taken).toBe(true);
    expect((await store.takeToken(key, bucket)).taken).toBe(false);
  });

  test.each([
    [0, 1],
    [1, 0],
    [Number.NaN, 1],
  ])('refuses a bucket of %d tokens, %d per second', async (capacity, perSecond) => {
    await expect(store.takeToken(key, { capacity, perSecond })).rejects.toThrow(RangeError);
  });

  test.each([0.5, Number.NaN])('refuses to add %d', async (by) => {
    await expect(store.increment(key, by, 1_000)).rejects.toThrow(RangeError);
    expect(await store.get(key)).toBeUndefined();
  });
});

test('the store in memory displaces the least recently used key', async () => {
  const store = createMemoryKeyValueStore({ now, maxKeys: 2 });
  await store.set('a', '1', 60_000);
  await store.set('b', '2', 60_000);
  await store.get('a');
  await store.set('c', '3', 60_000);
  expect([await store.get('a'), await store.get('b'), await store.get('c')]).toEqual([
    '1',
    undefined,
    '3',
  ]);
});

test('a Redis that is gone, or silent, is an error with a code and not a wait', async () => {
  const own = await startTestRedis();
  const store = createRedisKeyValueStore({ redisUrl: own.url, log });
  await store.set('a', '1', 60_000);
  own.pause();
  const askedAt = performance.now();
  await expect(store.get('a')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  expect(performance.now() - askedAt).toBeLessThan(4_000);
  await own.kill();
  await expect(store.increment('a', 1, 1_000)).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
  });
  await own.restart();
  await vi.waitFor(async () => expect(await store.get('a')).toBe('1'), { timeout: 5_000 });
  await store.close();
  await own.stop();
});
