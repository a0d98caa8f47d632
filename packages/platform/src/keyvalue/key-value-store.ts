/** A count within a fixed window of time. */
export interface Counter {
  readonly value: number;
  /** Until the window ends and the count is 0 again, in milliseconds. */
  readonly remainingMs: number;
}

/** How fast something may be done: `capacity` at once, then `perSecond`. */
export interface Bucket {
  /** At least 1. */
  readonly capacity: number;
  /** Tokens that come back in a second; more than 0. */
  readonly perSecond: number;
}

/** What a token bucket says to somebody who wants one token. */
export interface Tokens {
  readonly taken: boolean;
  /** Whole tokens that are left. */
  readonly left: number;
  /** Until there is a token again, in milliseconds; 0 when there is one. */
  readonly waitMs: number;
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
  /** Takes one token out of a bucket, which is full when it is first used. Refused takes cost nothing. */
  takeToken(key: string, bucket: Bucket): Promise<Tokens>;
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

/** @throws RangeError for a bucket that could never give anything. */
export function checkBucket({ capacity, perSecond }: Bucket): void {
  if (capacity >= 1 && perSecond > 0 && Number.isFinite(capacity / perSecond)) return;
  throw new RangeError(`Not a bucket: ${capacity} tokens, ${perSecond} per second`);
}

/** How long a bucket takes to fill up: one that was not used for so long need not be kept. */
export function fillMs({ capacity, perSecond }: Bucket): number {
  return Math.ceil((capacity / perSecond) * 1000);
}

/** The answer for a bucket that holds this many tokens, parts of tokens included. */
export function tokensLeft(taken: boolean, tokens: number, { perSecond }: Bucket): Tokens {
  const waitMs = tokens >= 1 ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1000);
  return { taken, left: Math.floor(tokens), waitMs };
}

export const NOT_A_COUNTER = 'The key holds a value that is not a counter.';
