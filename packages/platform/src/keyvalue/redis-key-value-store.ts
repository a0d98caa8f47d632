import { CivitasError } from '../errors/index.ts';
import { connectRedis } from '../redis/connect-redis.ts';
import type { Logger } from '../telemetry/index.ts';
import {
  checkBucket,
  checkStep,
  checkTtl,
  fillMs,
  type KeyValueStore,
  NOT_A_COUNTER,
  tokensLeft,
} from './key-value-store.ts';

interface RedisOptions {
  readonly redisUrl: string;
  readonly log: Logger;
}

const PREFIX = 'civitas:kv:';

/** In one step, so that a counter can never be left without an end. */
const INCREMENT = `
local value = redis.call('INCRBY', KEYS[1], ARGV[1])
local remaining = redis.call('PTTL', KEYS[1])
if remaining < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  remaining = tonumber(ARGV[2])
end
return {value, remaining}`;

/** In one step and by Redis' own clock, so that processes cannot take the same token. */
const TAKE_TOKEN = `
local capacity, perSecond, fillMs = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(kept[1]) or capacity, tonumber(kept[2]) or now
tokens = math.min(capacity, tokens + math.max(0, now - at) * perSecond / 1000)
local taken = 0
if tokens >= 1 then
  tokens = tokens - 1
  taken = 1
end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.9f', tokens), 'at', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], fillMs)
return {taken, string.format('%.9f', tokens)}`;

/** The store that all processes share. */
export function createRedisKeyValueStore({ redisUrl, log }: RedisOptions): KeyValueStore {
  const redis = connectRedis(redisUrl, log);

  async function ask<Reply>(command: Promise<Reply>): Promise<Reply> {
    try {
      return await command;
    } catch (cause) {
      if (String(cause).includes('not an integer')) throw new TypeError(NOT_A_COUNTER, { cause });
      throw new CivitasError('SERVICE_UNAVAILABLE', { cause });
    }
  }

  return {
    get: async (key) => (await ask(redis.get(PREFIX + key))) ?? undefined,
    set: async (key, value, ttlMs) => {
      checkTtl(ttlMs);
      await ask(redis.set(PREFIX + key, value, 'PX', ttlMs));
    },
    setIfAbsent: async (key, value, ttlMs) => {
      checkTtl(ttlMs);
      return (await ask(redis.set(PREFIX + key, value, 'PX', ttlMs, 'NX'))) === 'OK';
    },
    delete: async (key) => void (await ask(redis.del(PREFIX + key))),
    increment: async (key, by, ttlMs) => {
      checkTtl(ttlMs);
      checkStep(by);
      const reply = await ask(redis.eval(INCREMENT, 1, PREFIX + key, by, ttlMs));
      const [value = 0, remainingMs = 0] = (reply as number[]).map(Number);
      return { value, remainingMs };
    },
    takeToken: async (key, bucket) => {
      checkBucket(bucket);
      const { capacity, perSecond } = bucket;
      const reply = await ask(
        redis.eval(TAKE_TOKEN, 1, PREFIX + key, capacity, perSecond, fillMs(bucket)),
      );
      const [taken, tokens] = (reply as [number, string]).map(Number);
      return tokensLeft(taken === 1, tokens ?? 0, bucket);
    },
    close: async () => redis.disconnect(),
  };
}
