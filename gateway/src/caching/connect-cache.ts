import { connectEventBus, type EventBus } from '@civitas/platform/events';
import type { Logger } from '@civitas/platform/telemetry';
import type { CacheStore } from './cache-store.ts';
import { createMemoryCacheStore } from './memory-cache-store.ts';
import { createRedisCacheStore } from './redis-cache-store.ts';

interface ConnectCacheOptions {
  /** Absent where there is one gateway: it remembers in memory. */
  readonly redisUrl: string | undefined;
  /** Of all that is remembered; the default when absent. */
  readonly maxBytes: number | undefined;
  readonly log: Logger;
}

/** The cache of a gateway process. The bus is its maker's to start and to close. */
export function connectCache({ redisUrl, maxBytes, log }: ConnectCacheOptions): {
  readonly store: CacheStore;
  readonly bus?: EventBus;
} {
  // Without a Redis no event gets here: answers are forgotten when their time is over.
  if (redisUrl === undefined) return { store: createMemoryCacheStore({ maxBytes }) };
  return {
    store: createRedisCacheStore({ redisUrl, maxBytes, log }),
    bus: connectEventBus({ redisUrl, log }),
  };
}
