import { LRUCache } from 'lru-cache';
import {
  type CacheEntry,
  type CacheStore,
  DEFAULT_CACHE_BYTES,
  MAX_TTL_MS,
  MAX_VALUE_CHARACTERS,
} from './cache-store.ts';

interface MemoryCacheOptions {
  /** Bytes of keys, tags and values that are kept; the least recently used go first. */
  readonly maxBytes?: number | undefined;
  /** Stamps that are kept. Default 100,000. */
  readonly maxStamps?: number;
}

interface Kept extends CacheEntry {
  readonly at: number;
}

/** The store of one process. Time is a count of what happened: two things are never at the same time. */
export function createMemoryCacheStore({
  maxBytes = DEFAULT_CACHE_BYTES,
  maxStamps = 100_000,
}: MemoryCacheOptions = {}): CacheStore {
  let time = 0;
  /** Stamps that had to go stand for all tags: rather forgotten than stale. */
  let floor = 0;
  const entries = new LRUCache<string, Kept>({ maxSize: maxBytes, sizeCalculation: bytesOf });
  const stamps = new LRUCache<string, number>({
    max: maxStamps,
    dispose: (stamp, _, reason) => {
      if (reason === 'evict') floor = Math.max(floor, stamp);
    },
  });

  const isValid = ({ at, tags }: Kept, hiddenBefore: number) =>
    at > hiddenBefore && tags.every((tag) => at > (stamps.get(tag) ?? 0));

  return {
    read: async (keys, reader) => {
      const hiddenBefore = Math.max(floor, stamps.get(reader) ?? 0);
      const values = keys.map((key) => {
        const entry = entries.get(key);
        if (!entry || !isValid(entry, hiddenBefore)) return undefined;
        return { value: entry.value, ttlMs: Math.max(1, entries.getRemainingTTL(key)) };
      });
      time += 1;
      return { values, at: time };
    },
    write: async (written, at, ttlMs) => {
      const ttl = Math.min(ttlMs, MAX_TTL_MS);
      for (const entry of written) {
        if (entry.value.length > MAX_VALUE_CHARACTERS) continue;
        entries.set(entry.key, { ...entry, at }, { ttl });
      }
    },
    stamp: async (tags) => {
      time += 1;
      for (const tag of tags) stamps.set(tag, time);
    },
    close: async () => {
      entries.clear();
      stamps.clear();
    },
  };
}

/** As the heap has them: one byte for each character of a text of Latin-1, else two, at most. */
function bytesOf({ key, value, tags }: Kept): number {
  return key.length + 2 * value.length + 48 * (tags.length + 2);
}
