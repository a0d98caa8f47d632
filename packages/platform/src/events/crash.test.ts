import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startTestRedis, type TestRedis } from '@civitas/testkit/redis';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  clear,
  startTestServer,
  type TestDatabase,
  type TestServer,
} from '../../test/test-server.ts';
import { createInProcessBus, createRedisStreamsBus } from './index.ts';
import { crashPoints } from './test/crash-points.ts';
import {
  allPublished,
  changeTimes,
  expectApplied,
  log,
  type RunningProcess,
  runProcess,
  upTo,
} from './test/scene.ts';

const SCRIPT = fileURLToPath(new URL('./test/crashing-process.ts', import.meta.url));

let server: TestServer;
let redis: TestRedis;
let admin: Redis;
let source: TestDatabase;
let target: TestDatabase;
const children: ChildProcess[] = [];
const running: RunningProcess[] = [];

beforeAll(async () => {
  [server, redis] = await Promise.all([startTestServer(), startTestRedis()]);
  admin = new Redis(redis.url);
  [source, target] = await Promise.all([server.newDatabase(), server.newDatabase()]);
});
afterAll(async () => {
  admin.disconnect();
  await Promise.all([server.stop(), redis.stop()]);
});
beforeEach(async () => {
  await Promise.all([clear(source), clear(target), admin.flushall()]);
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(running.splice(0).map((each) => each.stop()));
});

/** @returns how the process ended. */
async function runChild(redisUrl: string, crashPoint: string, killAfterMs?: number) {
  const child = spawn(process.execPath, [SCRIPT, source.url, target.url, redisUrl, crashPoint], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const ended = once(child, 'exit');
  if (killAfterMs !== undefined) {
    await once(child.stdout, 'data');
    await delay(killAfterMs);
    child.kill('SIGKILL');
  }
  const [, signal] = await ended;
  return signal;
}

const shapes = [
  { name: 'in one process', url: () => '-', newBus: () => createInProcessBus({ log }) },
  {
    name: 'over Redis',
    url: () => redis.url,
    newBus: () => createRedisStreamsBus({ redisUrl: redis.url, log, leaseMs: 400 }),
  },
];

describe.each(shapes)('$name', ({ url, newBus }) => {
  test.each(crashPoints)(
    'a process killed %s loses nothing and applies nothing twice',
    async (point) => {
      await Promise.all(['h1', 'h2'].map((house) => changeTimes(source, house, 5)));
      expect(await runChild(url(), point)).toBe('SIGKILL');
      // The crash left something undone or untold: else this would show nothing.
      const unpublished = await source.client.outboxEvent.count({ where: { publishedAt: null } });
      const untaken = 10 - (await target.client.inboxEvent.count());
      expect(unpublished + untaken).toBeGreaterThan(0);
      running.push(await runProcess({ bus: newBus(), source, target }));
      await expectApplied(target, { h1: upTo(5), h2: upTo(5) });
      await allPublished(source);
    },
  );

  test('processes killed again and again at any moment lose nothing and apply nothing twice', async () => {
    const houses = ['h1', 'h2', 'h3', 'h4'];
    const writing = Promise.all(houses.map((house) => changeTimes(source, house, 40)));
    for (const killAfterMs of [5, 50]) await runChild(url(), 'none', killAfterMs);
    await writing;
    running.push(await runProcess({ bus: newBus(), source, target }));
    await expectApplied(target, Object.fromEntries(houses.map((house) => [house, upTo(40)])));
    await allPublished(source);
  });
});
