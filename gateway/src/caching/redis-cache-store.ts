import { connectRedis } from '@civitas/platform/redis';
import type { Logger } from '@civitas/platform/telemetry';
import {
  type CacheStore,
  DEFAULT_CACHE_BYTES,
  MAX_TTL_MS,
  MAX_VALUE_CHARACTERS,
  STAMP_MS,
} from './cache-store.ts';

interface RedisCacheOptions {
  readonly redisUrl: string;
  readonly log: Logger;
  /** Default 100 ms: a cache that takes longer is slower than what it spares. */
  readonly commandTimeoutMs?: number;
  /** Bytes that entries may take, of all gateways together. What has no room is not remembered. */
  readonly maxBytes?: number | undefined;
}

const PREFIX = 'civitas:{cache}:';
const CLOCK = `${PREFIX}clock`;
/** Stamped on by a gateway that could not say what it changed: everything before it is forgotten. */
const EVERYTHING = '*';
const COMMAND_TIMEOUT_MS = 100;
const PAUSE_MS = 1_000;
/** Bytes are counted by the minute in which they expire, and given back when it has come. */
const BUCKET_MS = 60_000;
const BUCKETS = MAX_TTL_MS / BUCKET_MS + 1;

/** In one step, so that no stamp can come between looking at it and at the entry. */
const READ = `
local at = redis.call('INCR', KEYS[1])
local hidden = math.max(tonumber(redis.call('GET', KEYS[2]) or '0'), tonumber(redis.call('GET', KEYS[3]) or '0'))
local found = { at }
for index = 4, #KEYS do
  local entry = redis.call('HMGET', KEYS[index], 'at', 'tags', 'value')
  local value = false
  if entry[1] and tonumber(entry[1]) > hidden then
    value = { entry[3], redis.call('PTTL', KEYS[index]) }
    for tag in string.gmatch(entry[2], '%S+') do
      local stamp = redis.call('GET', ARGV[1] .. tag)
      if stamp and tonumber(stamp) >= tonumber(entry[1]) then value = false break end
    end
  end
  found[index - 2] = value
end
return found`;

/**
 * An entry that was overwritten or forgotten counts until its time is over: rather too little is kept than
 * too much. Redis is not asked what it holds, because the streams of events are in that.
 */
const WRITE = `
local bytes = 0
for index = 1, tonumber(ARGV[1]) do bytes = bytes + tonumber(redis.call('GET', KEYS[index]) or '0') end
local written = 0
for index = tonumber(ARGV[1]) + 1, #KEYS do
  local from = 6 + (index - tonumber(ARGV[1]) - 1) * 2
  local size = #KEYS[index] + #ARGV[from] + #ARGV[from + 1] + 100
  if bytes + written + size <= tonumber(ARGV[2]) then
    redis.call('HSET', KEYS[index], 'at', ARGV[3], 'tags', ARGV[from], 'value', ARGV[from + 1])
    redis.call('PEXPIRE', KEYS[index], ARGV[4])
    written = written + size
  end
end
if written > 0 then
  redis.call('INCRBY', KEYS[tonumber(ARGV[5])], written)
  redis.call('PEXPIRE', KEYS[tonumber(ARGV[5])], tonumber(ARGV[4]) + ${BUCKET_MS})
end
return written`;

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
  const { maxBytes = DEFAULT_CACHE_BYTES } = options;
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
          values: keys.map((_, index) => {
            const found = reply[index + 1] as readonly [string, number] | null;
            return found ? { value: found[0], ttlMs: Math.max(1, found[1]) } : undefined;
          }),
        };
      }),
    write: (entries, at, ttlMs) =>
      ask(async () => {
        const fitting = entries.filter(({ value }) => value.length <= MAX_VALUE_CHARACTERS);
        if (fitting.length === 0) return;
        const now = Math.floor(Date.now() / BUCKET_MS);
        const buckets = Array.from(
          { length: BUCKETS },
          (_, ahead) => `${PREFIX}bytes:${now + ahead}`,
        );
        const ttl = Math.min(ttlMs, MAX_TTL_MS);
        const keys = [...buckets, ...fitting.map(({ key }) => entryKey(key))];
        const about = [BUCKETS, maxBytes, at, ttl, 1 + Math.ceil(ttl / BUCKET_MS)];
        const texts = fitting.flatMap(({ tags, value }) => [tags.join(' '), value]);
        await redis.eval(WRITE, keys.length, ...keys, ...about, ...texts);
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
