import { CivitasError } from '../errors/index.ts';
import { connectRedis } from '../redis/connect-redis.ts';
import type { Logger } from '../telemetry/index.ts';
import { checkStep, checkTtl, type KeyValueStore, NOT_A_COUNTER } from './key-value-store.ts';

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
    close: async () => redis.disconnect(),
  };
}
