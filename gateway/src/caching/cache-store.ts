/** Something to remember. */
export interface CacheEntry {
  readonly key: string;
  /** JSON. */
  readonly value: string;
  /** What it speaks of; a stamp on one of them makes it forgotten. Without spaces. */
  readonly tags: readonly string[];
}

/** Something that was remembered. */
export interface Remembered {
  readonly value: string;
  /** For how long it still is, in milliseconds: at least 1. */
  readonly ttlMs: number;
}

/** What was found, and when it was looked for. */
export interface CacheRead {
  /** In the order of the keys; `undefined` for what is not there, too old, or stamped since. */
  readonly values: readonly (Remembered | undefined)[];
  /** The store's own time of this read: what is fetched now is at least as new. */
  readonly at: number;
}

/**
 * Remembers answers until their time is over or something they speak of has changed. Every entry
 * carries the time at which its fetch began, every change leaves a stamp with its own; an entry is
 * given out only when it began after every stamp that concerns it. So a fetch that overlaps a change
 * is never mistaken for a new one, however late it is stored.
 *
 * Rejects when the store cannot be reached; the caller goes on without it.
 */
export interface CacheStore {
  /** @param reader a tag of whoever asks: its stamp hides everything that began before. */
  read(keys: readonly string[], reader: string): Promise<CacheRead>;
  /**
   * What is larger than `MAX_VALUE_CHARACTERS`, or has no room, is left out.
   *
   * @param at of the read that did not find them. @param ttlMs at most half an hour.
   */
  write(entries: readonly CacheEntry[], at: number, ttlMs: number): Promise<void>;
  /** Says that something has changed about these tags. */
  stamp(tags: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Longer than anything is remembered, and than any fetch takes on top of it. */
export const STAMP_MS = 60 * 60_000;
export const MAX_TTL_MS = 30 * 60_000;
/** One answer of more would push out many of the usual size. */
export const MAX_VALUE_CHARACTERS = 512 * 1024;
/** What all that is remembered takes, keys and values, unless it is configured. */
export const DEFAULT_CACHE_BYTES = 64 * 1024 * 1024;
