import {
  checkBucket,
  checkStep,
  checkTtl,
  fillMs,
  type KeyValueStore,
  NOT_A_COUNTER,
  tokensLeft,
} from './key-value-store.ts';

interface MemoryOptions {
  readonly now: () => Date;
  /** The least recently used key is displaced by one too many. */
  readonly maxKeys?: number;
}

interface Entry {
  readonly value: string;
  readonly expiresAtMs: number;
}

const MAX_KEYS = 100_000;
const WHOLE_NUMBER = /^-?\d+$/;

/** The store of the one-process shape: bounded, gone with the process. */
export function createMemoryKeyValueStore({
  now,
  maxKeys = MAX_KEYS,
}: MemoryOptions): KeyValueStore {
  /** A Map keeps the order of insertion; a key in use is inserted anew, so the first is the coldest. */
  const entries = new Map<string, Entry>();

  function read(key: string): Entry | undefined {
    const entry = entries.get(key);
    entries.delete(key);
    if (!entry || entry.expiresAtMs <= now().getTime()) return undefined;
    entries.set(key, entry);
    return entry;
  }

  function write(key: string, value: string, expiresAtMs: number): void {
    entries.delete(key);
    const coldest = entries.size >= maxKeys ? entries.keys().next().value : undefined;
    if (coldest !== undefined) entries.delete(coldest);
    entries.set(key, { value, expiresAtMs });
  }

  return {
    get: async (key) => read(key)?.value,
    set: async (key, value, ttlMs) => {
      checkTtl(ttlMs);
      write(key, value, now().getTime() + ttlMs);
    },
    setIfAbsent: async (key, value, ttlMs) => {
      checkTtl(ttlMs);
      if (read(key)) return false;
      write(key, value, now().getTime() + ttlMs);
      return true;
    },
    delete: async (key) => void entries.delete(key),
    increment: async (key, by, ttlMs) => {
      checkTtl(ttlMs);
      checkStep(by);
      const before = read(key);
      if (before && !WHOLE_NUMBER.test(before.value)) throw new TypeError(NOT_A_COUNTER);
      const value = Number(before?.value ?? 0) + by;
      const expiresAtMs = before?.expiresAtMs ?? now().getTime() + ttlMs;
      write(key, String(value), expiresAtMs);
      return { value, remainingMs: expiresAtMs - now().getTime() };
    },
    takeToken: async (key, bucket) => {
      checkBucket(bucket);
      const nowMs = now().getTime();
      const [kept = bucket.capacity, atMs = nowMs] = read(key)?.value.split(' ').map(Number) ?? [];
      const refilled = kept + (Math.max(0, nowMs - atMs) * bucket.perSecond) / 1000;
      const tokens = Math.min(bucket.capacity, refilled);
      const taken = tokens >= 1;
      const left = taken ? tokens - 1 : tokens;
      write(key, `${left} ${nowMs}`, nowMs + fillMs(bucket));
      return tokensLeft(taken, left, bucket);
    },
    close: async () => entries.clear(),
  };
}
