import { startTestRedis } from '@civitas/testkit';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { silent } from '../testing/compose.ts';
import { type CacheStore, MAX_TTL_MS } from './cache-store.ts';
import { createMemoryCacheStore } from './memory-cache-store.ts';
import { createRedisCacheStore } from './redis-cache-store.ts';

let redis: Awaited<ReturnType<typeof startTestRedis>>;
beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.stop());

const stores: [string, () => CacheStore][] = [
  ['in memory', () => createMemoryCacheStore()],
  [
    'in Redis',
    () => createRedisCacheStore({ redisUrl: redis.url, log: silent, commandTimeoutMs: 5_000 }),
  ],
];

describe.each(stores)('%s', (_, open) => {
  let store: CacheStore;
  let made = 0;
  beforeAll(() => {
    store = open();
    return () => store.close();
  });
  const fresh = () => {
    made += 1;
    return { key: `key-${made}`, tag: `tag-${made}`, reader: `by-${made}` };
  };
  const found = async (key: string, reader = 'by-nobody') =>
    (await store.read([key], reader)).values[0]?.value;
  async function remembered({ key, tag }: ReturnType<typeof fresh>, value = '{"a":"ä"}') {
    const { at } = await store.read([key], 'by-nobody');
    await store.write([{ key, value, tags: [tag, `${tag}-other`] }], at, 60_000);
  }

  test('gives back what was written, in the order of the keys', async () => {
    const [one, two] = [fresh(), fresh()];
    await remembered(one, '1');
    await remembered(two, '"zwei"');
    const { values } = await store.read([two.key, 'absent', one.key], 'by-nobody');
    expect(values.map((each) => each?.value)).toEqual(['"zwei"', undefined, '1']);
    expect(Math.min(...values.map((each) => each?.ttlMs ?? 60_000))).toBeGreaterThan(50_000);
  });

  test('forgets what was stamped, by any of its tags, and nothing else', async () => {
    const [one, two] = [fresh(), fresh()];
    await remembered(one);
    await remembered(two);
    await store.stamp(['something', `${one.tag}-other`]);
    expect(await found(one.key)).toBeUndefined();
    expect(await found(two.key)).toBe('{"a":"ä"}');
    await remembered(one, '"anew"');
    expect(await found(one.key)).toBe('"anew"');
  });

  test('never gives out a fetch that began before a stamp, however late it is written', async () => {
    const { key, tag } = fresh();
    const { at } = await store.read([key], 'by-nobody');
    await store.stamp([tag]);
    await store.write([{ key, value: '"old"', tags: [tag] }], at, 60_000);
    expect(await found(key)).toBeUndefined();
  });

  test('hides what is older than a reader’s own write from that reader alone', async () => {
    const each = fresh();
    await remembered(each);
    await store.stamp([each.reader]);
    expect(await found(each.key, each.reader)).toBeUndefined();
    expect(await found(each.key)).toBe('{"a":"ä"}');
    await remembered(each, '"anew"');
    expect(await found(each.key, each.reader)).toBe('"anew"');
  });

  test('forgets after its time', async () => {
    const { key, tag } = fresh();
    const { at } = await store.read([key], 'by-nobody');
    await store.write([{ key, value: '1', tags: [tag] }], at, 30);
    await expect.poll(() => found(key), { interval: 10 }).toBeUndefined();
    // However long is asked for, a stamp outlives it.
    await store.write([{ key, value: '1', tags: [tag] }], at, MAX_TTL_MS * 100);
    expect(await found(key)).toBe('1');
  });
});

test('memory is bounded, and a stamp that had to go makes more be forgotten, not less', async () => {
  const store = createMemoryCacheStore({ maxBytes: 4_000, maxStamps: 2 });
  const { at } = await store.read([], 'r');
  const value = `"${'x'.repeat(500)}"`;
  for (const key of ['a', 'b', 'c', 'd', 'e']) {
    await store.write([{ key, value, tags: [`tag-${key}`] }], at, 60_000);
  }
  const kept = (await store.read(['a', 'b', 'c', 'd', 'e'], 'r')).values;
  expect(kept.filter((each) => each !== undefined).length).toBeLessThan(4);
  expect(kept.at(-1)?.value).toBe(value);
  await store.stamp(['tag-e']);
  await store.stamp(['tag-1']);
  await store.stamp(['tag-2']);
  expect((await store.read(['e'], 'r')).values).toEqual([undefined]);
});

test('what Redis holds is bounded, whatever is written', async () => {
  const store = createRedisCacheStore({
    redisUrl: redis.url,
    log: silent,
    commandTimeoutMs: 5_000,
    maxBytes: 4_000_000,
  });
  const { at } = await store.read([], 'r');
  const value = `"${'x'.repeat(300_000)}"`;
  const keys = Array.from({ length: 20 }, (_, index) => `large-${index}`);
  for (const key of keys) await store.write([{ key, value, tags: ['t'] }], at, 60_000);
  await store.write([{ key: 'huge', value: `"${'x'.repeat(600_000)}"`, tags: ['t'] }], at, 60_000);
  const kept = (await store.read([...keys, 'huge'], 'r')).values.filter(Boolean);
  expect(kept.length).toBeGreaterThan(10);
  expect(kept.length).toBeLessThan(14);
  await store.close();
});

test('a Redis that is gone is noticed at once; what could not be said is not forgotten', async () => {
  const own = await startTestRedis();
  const store = createRedisCacheStore({ redisUrl: own.url, log: silent });
  // It may take longer to connect than it waits for a command.
  const at = await vi.waitFor(async () => (await store.read(['k'], 'r')).at, { timeout: 10_000 });
  await store.write([{ key: 'k', value: '"old"', tags: ['t'] }], at, 60_000);
  own.pause();
  const askedAt = performance.now();
  await expect(store.stamp(['t'])).rejects.toThrow();
  // Left alone for a while after that, rather than waited for again and again.
  for (let asked = 0; asked < 50; asked++) await expect(store.read(['k'], 'r')).rejects.toThrow();
  expect(performance.now() - askedAt).toBeLessThan(3_000);
  own.resume();
  await expect
    .poll(
      () =>
        store.read(['k'], 'r').then(
          ({ values }) => values,
          () => 'gone',
        ),
      { timeout: 10_000 },
    )
    .toEqual([undefined]);
  await store.close();
  await own.stop();
});
