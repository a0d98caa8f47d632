import { connectRedis } from '@civitas/platform/redis';
import type { Logger } from '@civitas/platform/telemetry';
import { type CacheStore, MAX_TTL_MS, STAMP_MS } from './cache-store.ts';

interface RedisCacheOptions {
  readonly redisUrl: string;
  readonly log: Logger;
  /** Default 100 ms: a cache that takes longer is slower than what it spares. */
  readonly commandTimeoutMs?: number;
}

const PREFIX = 'civitas:{cache}:';
const CLOCK = `${PREFIX}clock`;
/** Stamped on by a gateway that could not say what it changed: everything before it is forgotten. */
const EVERYTHING = '*';
const COMMAND_TIMEOUT_MS = 100;
const PAUSE_MS = 1_000;

/** In one step, so that no stamp can come between looking at it and at the entry. */
const READ = `
local at = redis.call('INCR', KEYS[1])
local hidden = math.max(tonumber(redis.call('GET', KEYS[2]) or '0'), tonumber(redis.call('GET', KEYS[3]) or '0'))
local found = { at }
for index = 4, #KEYS do
  local entry = redis.call('HMGET', KEYS[index], 'at', 'tags', 'value')
  local value = false
  if entry[1] and tonumber(entry[1]) > hidden then
    value = entry[3]
    for tag in string.gmatch(entry[2], '%S+') do
      local stamp = redis.call('GET', ARGV[1] .. tag)
      if stamp and tonumber(stamp) >= tonumber(entry[1]) then value = false break end
    end
  end
  found[index - 2] = value
end
return found`;

const STAMP = `
local at = redis.call('INCR', KEYS[1])
for index = 2, #KEYS do redis.call('SET', KEYS[index], at, 'PX', ARGV[1]) end
return at`;

/**
 * The store that several gateways share. When Redis does not answer, the cache is left alone for a
 * second; then everything remembered is given up first, because changes may have gone unsaid.
 */
export function createRedisCacheStore(options: RedisCacheOptions): CacheStore {
  const { redisUrl, log, commandTimeoutMs = COMMAND_TIMEOUT_MS } = options;
  const redis = connectRedis(redisUrl, log, commandTimeoutMs);
  const tagKey = (tag: string) => `${PREFIX}tag:${tag}`;
  const entryKey = (key: string) => `${PREFIX}entry:${key}`;
  let pausedUntil = 0;
  let mustForget = false;

  const stampAll = (tags: readonly string[]) =>
    redis.eval(STAMP, tags.length + 1, CLOCK, ...tags.map(tagKey), STAMP_MS);

  async function ask<Reply>(command: () => Promise<Reply>): Promise<Reply> {
    if (performance.now() < pausedUntil) throw new Error('The cache is paused.');
    try {
      if (mustForget) {
        await stampAll([EVERYTHING]);
        mustForget = false;
      }
      return await command();
    } catch (error) {
      pausedUntil = performance.now() + PAUSE_MS;
      mustForget = true;
      throw error;
    }
  }

  return {
    read: (keys, reader) =>
      ask(async () => {
        const all = [CLOCK, tagKey(reader), tagKey(EVERYTHING), ...keys.map(entryKey)];
        const reply = (await redis.eval(READ, all.length, ...all, tagKey(''))) as unknown[];
        return {
          at: Number(reply[0]),
          values: keys.map((_, index) => (reply[index + 1] as string | null) ?? undefined),
        };
      }),
    write: (entries, at, ttlMs) =>
      ask(async () => {
        const ttl = Math.min(ttlMs, MAX_TTL_MS);
        const transaction = redis.multi();
        for (const { key, value, tags } of entries) {
          transaction.hset(entryKey(key), { at, tags: tags.join(' '), value });
          transaction.pexpire(entryKey(key), ttl);
        }
        const replies = await transaction.exec();
        for (const [error] of replies ?? []) if (error) throw error;
      }),
    stamp: async (tags) => {
      try {
        await ask(() => stampAll(tags));
      } catch (error) {
        // Also when the cache is paused: what is not said now is said of everything later.
        mustForget = true;
        throw error;
      }
    },
    close: async () => redis.disconnect(),
  };
}
