import { startTestRedis, type TestRedis } from '@civitas/testkit/redis';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  clear,
  startTestServer,
  type TestDatabase,
  type TestServer,
} from '../../test/test-server.ts';
import { createRedisStreamsBus } from './index.ts';
import { leaseOf, streamOf } from './redis-keys.ts';
import { createLease } from './redis-lease.ts';
import { forgetInStream } from './stream-forget.ts';
import { trimStream } from './stream-trim.ts';
import { busContract } from './test/bus-contract.ts';
import {
  allPublished,
  applied,
  change,
  changeTimes,
  eventually,
  expectApplied,
  log,
  type RunningProcess,
  runProcess,
  upTo,
} from './test/scene.ts';

let redis: TestRedis;
let admin: Redis;

beforeAll(async () => {
  redis = await startTestRedis();
  admin = new Redis(redis.url);
  // It loses its connection in the tests that end the server, and comes back by itself.
  admin.on('error', () => undefined);
});
afterAll(async () => {
  admin.disconnect();
  await redis.stop();
});
beforeEach(() => admin.flushall());

const newBus = () =>
  createRedisStreamsBus({ redisUrl: redis.url, log, leaseMs: 400, redeliveryDelayMs: () => 5 });

busContract({ name: 'Redis Streams', newBus });

describe('with a broker between the processes', () => {
  let server: TestServer;
  let source: TestDatabase;
  let target: TestDatabase;
  const running: RunningProcess[] = [];

  beforeAll(async () => {
    server = await startTestServer();
    [source, target] = await Promise.all([server.newDatabase(), server.newDatabase()]);
  });
  afterAll(() => server.stop());
  beforeEach(() => Promise.all([clear(source), clear(target)]));
  afterEach(async () => {
    redis.resume();
    await Promise.all(running.splice(0).map((each) => each.stop()));
  });

  async function run(
    options: Partial<Parameters<typeof runProcess>[0]> = {},
  ): Promise<RunningProcess> {
    const started = await runProcess({ bus: newBus(), source, target, ...options });
    running.push(started);
    return started;
  }

  test('a new consumer gets what was published before it existed', async () => {
    await run();
    await changeTimes(source, 'h1', 5);
    await allPublished(source);
    await expectApplied(target, { h1: upTo(5) });
    await run({ consumer: 'content' });
    await expectApplied(target, { h1: upTo(5) }, 'content');
  });

  test('replicas of a consumer keep the order, and one goes on when the other stops', async () => {
    await Promise.all([run(), run(), run()]);
    const houses = ['h1', 'h2', 'h3'];
    const writing = Promise.all(houses.map((house) => changeTimes(source, house, 30)));
    await eventually(async () => expect(await applied(target)).toHaveProperty('h1'));
    await running.shift()?.stop();
    await running.shift()?.stop();
    await writing;
    await expectApplied(target, Object.fromEntries(houses.map((house) => [house, upTo(30)])));
  });

  test('a Redis that is killed and comes back in the middle costs nothing', async () => {
    await run();
    const writing = Promise.all(['h1', 'h2'].map((house) => changeTimes(source, house, 40)));
    await eventually(async () => expect(await applied(target)).toHaveProperty('h1'));
    await redis.kill();
    await writing;
    await redis.restart();
    await expectApplied(target, { h1: upTo(40), h2: upTo(40) });
    await allPublished(source);
  });

  test('a Redis that falls silent makes publishing fail, and what it kept arrives once', async () => {
    const { bus } = await run();
    await changeTimes(source, 'h1', 2);
    await expectApplied(target, { h1: [1, 2] });
    redis.pause();
    await changeTimes(source, 'h1', 2);
    const event = {
      id: 'evt_x',
      type: 'town.house.sold',
      source: 'town',
      aggregateId: 'h1',
      occurredAt: new Date(),
      payload: null,
    };
    await expect(bus.publish([event])).rejects.toThrow();
    redis.resume();
    await expectApplied(target, { h1: upTo(4) });
    await allPublished(source);
  });

  test('a Redis that lost everything is used again, and cleared marks publish what it lost', async () => {
    await run();
    await changeTimes(source, 'h1', 2);
    await expectApplied(target, { h1: [1, 2] });
    await running.shift()?.stop();
    await change(source, 'h1');
    const relaying = await runProcess({ bus: newBus(), source, target, consumer: 'content' });
    await allPublished(source);
    await relaying.stop();
    await admin.flushall();
    await run();
    await source.client.outboxEvent.updateMany({ data: { publishedAt: null } });
    await change(source, 'h1');
    await expectApplied(target, { h1: upTo(4) });
  });

  test('an entry that is no event is passed over', async () => {
    await admin.xadd(streamOf('town'), '*', 'event', '{"id":7}');
    await admin.xadd(streamOf('town'), '*', 'other', 'x');
    await run();
    await change(source, 'h1');
    await expectApplied(target, { h1: [1] });
    await eventually(async () => {
      expect((await admin.xpending(streamOf('town'), 'finance'))[0]).toBe(0);
    });
  });
});

test('trimming drops what every group has acknowledged, and nothing else', async () => {
  const stream = streamOf('town');
  const fill = admin.pipeline();
  for (const index of upTo(1_000)) fill.xadd(stream, `${index}-0`, 'event', 'x');
  fill.xgroup('CREATE', stream, 'ahead', '0').xgroup('CREATE', stream, 'behind', '0');
  await fill.exec();
  const read = async (group: string, count: number) => {
    await admin.xreadgroup('GROUP', group, group, 'COUNT', count, 'STREAMS', stream, '>');
  };
  const oldest = async () =>
    Number((await admin.xrange(stream, '-', '+', 'COUNT', 1))[0]?.[0].split('-')[0]);

  await read('ahead', 1_000);
  await admin.xack(stream, 'ahead', ...upTo(1_000).map((index) => `${index}-0`));
  await trimStream(admin, stream, 0);
  expect(await oldest()).toBe(1);

  await read('behind', 900);
  await admin.xack(
    stream,
    'behind',
    ...upTo(900)
      .filter((index) => index !== 450)
      .map((index) => `${index}-0`),
  );
  // The ids are of 1970: a retention that reaches back to then keeps everything.
  await trimStream(admin, stream, Date.now());
  expect(await oldest()).toBe(1);
  await trimStream(admin, stream, 0);
  // 450 is unacknowledged; Redis drops whole nodes of 100 entries before it.
  expect(await oldest()).toBe(401);

  await admin.xack(stream, 'behind', '450-0');
  await trimStream(admin, stream, 0);
  expect(await oldest()).toBe(801);
  await trimStream(admin, 'no such stream', 0);
});

test('forgetting deletes what holds the word once every group has acknowledged it, and nothing else', async () => {
  const stream = streamOf('town');
  const words = ['about usr_a', 'about usr_b', 'usr_a again', 'usr_a, pending'];
  for (const [index, word] of words.entries())
    await admin.xadd(stream, `${index + 1}-0`, 'event', word);
  await admin.xgroup('CREATE', stream, 'finance', '0');
  const left = async () => (await admin.xrange(stream, '-', '+')).map(([, [, text]]) => text);
  const bus = newBus();
  await bus.forget('town', 'usr_a');
  expect(await left()).toEqual(words);
  await admin.xreadgroup('GROUP', 'finance', 'f', 'COUNT', 4, 'STREAMS', stream, '>');
  await admin.xack(stream, 'finance', '1-0', '2-0', '3-0');
  await bus.forget('town', 'usr_a');
  expect(await left()).toEqual([words[1], words[3]]);
  await admin.xack(stream, 'finance', '4-0');
  await bus.forget('town', 'usr_a');
  expect(await left()).toEqual([words[1]]);
  await bus.forget('nowhere', 'usr_a');
  await bus.close();
});

test('what is acknowledged while it is looked at is forgotten, too', async () => {
  const stream = streamOf('town');
  await admin.xadd(stream, '1-0', 'event', 'about usr_a');
  await admin.xgroup('CREATE', stream, 'finance', '0');
  await admin.xreadgroup('GROUP', 'finance', 'f', 'COUNT', 1, 'STREAMS', stream, '>');
  const late: Redis = Object.create(admin);
  late.xpending = async (key: string, group: string) => {
    await admin.xack(key, group, '1-0');
    return admin.xpending(key, group);
  };
  await forgetInStream(late, stream, 'usr_a');
  expect(await admin.xlen(stream)).toBe(0);
});

test('a reader that was paused past its lease is refused by Redis itself', async () => {
  const key = leaseOf('finance');
  const stream = streamOf('town');
  const [paused, next] = ['paused', 'next'].map((owner) => {
    return createLease({ redis: admin, key, owner, leaseMs: 60_000 });
  });
  if (!paused || !next) throw new Error('unreachable');
  await admin.xgroup('CREATE', stream, 'finance', '0', 'MKSTREAM');
  await admin.xadd(stream, '1-0', 'event', 'x');
  expect(await paused.acquire()).toBe(true);
  expect(await next.acquire()).toBe(false);
  await admin.del(key);
  await paused.prolong();
  expect(await next.acquire()).toBe(true);
  await paused.release();
  await expect(paused.read(stream, 'finance', '>', 1)).rejects.toThrow('LEASELOST');
  expect(await next.read(stream, 'finance', '>', 1)).toEqual([['1-0', ['event', 'x']]]);
});
