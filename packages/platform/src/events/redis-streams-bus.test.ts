import { startTestRedis, type TestRedis } from '@civitas/testkit/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createRedisStreamsBus } from './index.ts';
import { busContract } from './test/bus-contract.ts';
import { log } from './test/scene.ts';

let redis: TestRedis;
let admin: Redis;

beforeAll(async () => {
  redis = await startTestRedis();
  admin = new Redis(redis.url);
});
afterAll(async () => {
  admin.disconnect();
  await redis.stop();
});
beforeEach(() => admin.flushall());

const newBus = () =>
  createRedisStreamsBus({ redisUrl: redis.url, log, leaseMs: 400, redeliveryDelayMs: () => 5 });

busContract({ name: 'Redis Streams', newBus });
