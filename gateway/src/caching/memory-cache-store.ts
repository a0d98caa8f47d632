import { LRUCache } from 'lru-cache';
import { type CacheEntry, type CacheStore, MAX_TTL_MS } from './cache-store.ts';

interface MemoryCacheOptions {
  /** Characters of keys and values that are kept; the least recently used go first. Default 32 Mi. */
  readonly maxCharacters?: number;
  /** Stamps that are kept. Default 100,000. */
  readonly maxStamps?: number;
}

interface Kept extends CacheEntry {
  readonly at: number;
}

/** The store of one process. Time is a count of what happened: two things are never at the same time. */
export function createMemoryCacheStore({
  maxCharacters = 32 * 1024 * 1024,
  maxStamps = 100_000,
}: MemoryCacheOptions = {}): CacheStore {
  let time = 0;
  /** Stamps that had to go stand for all tags: rather forgotten than stale. */
  let floor = 0;
  const entries = new LRUCache<string, Kept>({
    maxSize: maxCharacters,
    sizeCalculation: ({ key, value, tags }) => key.length + value.length + 32 * (tags.length + 1),
  });
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
        return entry && isValid(entry, hiddenBefore) ? entry.value : undefined;
      });
      time += 1;
      return { values, at: time };
    },
    write: async (written, at, ttlMs) => {
      const ttl = Math.min(ttlMs, MAX_TTL_MS);
      for (const entry of written) entries.set(entry.key, { ...entry, at }, { ttl });
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
