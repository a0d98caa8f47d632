/** A count within a fixed window of time. */
export interface Counter {
  readonly value: number;
  /** Until the window ends and the count is 0 again, in milliseconds. */
  readonly remainingMs: number;
}

/**
 * Small values that may be lost and come back: caches, rate limits, persisted operations. Every
 * value has a time to live. Rejects with `SERVICE_UNAVAILABLE` when the store does not answer within
 * some seconds; the caller decides what that means.
 */
export interface KeyValueStore {
  /** `undefined` for what was never set, has expired or was displaced. */
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, ttlMs: number): Promise<void>;
  /** @returns false, and changes nothing, when the key has a value. */
  setIfAbsent(key: string, value: string, ttlMs: number): Promise<boolean>;
  delete(key: string): Promise<void>;
  /**
   * Adds to a counter, starting its window of `ttlMs` when there is none; adding does not prolong it.
   *
   * @throws TypeError when the key holds something that is not a counter.
   */
  increment(key: string, by: number, ttlMs: number): Promise<Counter>;
  close(): Promise<void>;
}

/** @throws RangeError for a time to live that is not a whole number of milliseconds from 1 up. */
export function checkTtl(ttlMs: number): void {
  if (!Number.isSafeInteger(ttlMs) || ttlMs < 1) {
    throw new RangeError(`Not a time to live in milliseconds: ${ttlMs}`);
  }
}

/** @throws RangeError for what is not a whole number. */
export function checkStep(by: number): void {
  if (!Number.isSafeInteger(by)) throw new RangeError(`Not a whole number: ${by}`);
}

export const NOT_A_COUNTER = 'The key holds a value that is not a counter.';
