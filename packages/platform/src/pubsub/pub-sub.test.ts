import { startTestRedis, type TestRedis } from '@civitas/testkit/redis';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { newId } from '../ids/index.ts';
import { createLogger } from '../telemetry/index.ts';
import { createInProcessPubSub, createRedisPubSub, type PubSub } from './index.ts';

const log = createLogger({ name: 'test', level: 'silent' });
let redis: TestRedis;
const opened: PubSub[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.stop());
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

function own<Each extends PubSub>(pubSub: Each): Each {
  opened.push(pubSub);
  return pubSub;
}

const openRedis = () => own(createRedisPubSub({ redisUrl: redis.url, log }));
const shapes = [
  {
    name: 'in process',
    /** A publisher and a subscriber: as far apart as the shape lets them be. */
    open: () => {
      const pubSub = own(createInProcessPubSub({ log }));
      return [pubSub, pubSub] as const;
    },
  },
  { name: 'over Redis', open: () => [openRedis(), openRedis()] as const },
];

/** Notes messages and resolves when so many have come. */
function inbox() {
  const messages: unknown[] = [];
  return {
    messages,
    note: (message: unknown) => void messages.push(message),
    has: (count: number) => vi.waitFor(() => expect(messages.length).toBeGreaterThanOrEqual(count)),
  };
}

describe.each(shapes)('pub/sub $name', ({ open }) => {
  const values = [null, 0, '', 'ä\u2028', [1, [2]], { deep: { a: null } }, true];

  test('hands every subscriber of a channel its own copy of each message, in order', async () => {
    const [publisher, subscriber] = open();
    const channel = newId('chn');
    const [first, second, other] = [inbox(), inbox(), inbox()];
    await subscriber.subscribe(channel, first.note);
    await subscriber.subscribe(channel, second.note);
    await subscriber.subscribe(newId('chn'), other.note);
    for (const value of values) await publisher.publish(channel, value);
    await Promise.all([first.has(values.length), second.has(values.length)]);
    expect(first.messages).toEqual(values);
    expect(second.messages).toEqual(values);
    expect(first.messages[5]).not.toBe(second.messages[5]);
    expect(other.messages).toEqual([]);
  });

  test('after unsubscribing nothing comes, and others still get theirs', async () => {
    const [publisher, subscriber] = open();
    const channel = newId('chn');
    const [leaving, staying] = [inbox(), inbox()];
    const leave = await subscriber.subscribe(channel, leaving.note);
    const leaveLast = await subscriber.subscribe(channel, staying.note);
    await leave();
    await leave();
    await publisher.publish(channel, 1);
    await staying.has(1);
    await leaveLast();
    await publisher.publish(channel, 2);
    const back = inbox();
    await subscriber.subscribe(channel, back.note);
    await publisher.publish(channel, 3);
    await back.has(1);
    expect([leaving.messages, staying.messages, back.messages]).toEqual([[], [1], [3]]);
  });

  test('a subscriber that throws harms neither others nor later messages', async () => {
    const [publisher, subscriber] = open();
    const channel = newId('chn');
    const good = inbox();
    const bad = vi.fn<() => void>(() => {
      throw new Error('no');
    });
    await subscriber.subscribe(channel, bad);
    await subscriber.subscribe(channel, good.note);
    await publisher.publish(channel, 1);
    await publisher.publish(channel, 2);
    await good.has(2);
    expect(bad).toHaveBeenCalledTimes(2);
  });

  test.each([[undefined], [() => 1], [1n]])(
    'refuses %s, which JSON cannot carry',
    async (value) => {
      const [publisher] = open();
      await expect(publisher.publish('x', value)).rejects.toThrow(TypeError);
    },
  );

  test('when it is closed nothing can be published', async () => {
    const [publisher] = open();
    await publisher.close();
    await expect(publisher.publish('x', 1)).rejects.toThrow();
  });
});

test('after Redis was away a subscriber is told of the gap, and what follows arrives', async () => {
  const flaky = await startTestRedis();
  const publisher = own(createRedisPubSub({ redisUrl: flaky.url, log }));
  const subscriber = own(createRedisPubSub({ redisUrl: flaky.url, log }));
  const [left, right] = [inbox(), inbox()];
  const order: unknown[] = [];
  const gap = Promise.withResolvers<void>();
  await subscriber.subscribe('left', (message) => order.push(message) && left.note(message), {
    onGap: () => {
      order.push('gap');
      gap.resolve();
    },
  });
  await subscriber.subscribe('right', right.note);
  await publisher.publish('left', 'before');
  await left.has(1);
  await flaky.kill();
  await expect(publisher.publish('left', 'lost')).rejects.toThrow();
  await flaky.restart();
  await gap.promise;
  // A message right after `onGap` must not be lost: that is what the subscriber relies on.
  await vi.waitFor(() => publisher.publish('left', 'after'), { timeout: 5_000 });
  await publisher.publish('right', 'after');
  await Promise.all([left.has(2), right.has(1)]);
  expect(order).toEqual(['before', 'gap', 'after']);
  await Promise.all(opened.splice(0).map((each) => each.close()));
  await flaky.stop();
});
