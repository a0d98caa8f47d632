import { CivitasError } from '@civitas/platform/errors';
import { LRUCache } from 'lru-cache';

/**
 * Keeps addresses that present one unknown key after the other from making identity look each of
 * them up. The keys could not be guessed anyway: they have 256 bits.
 */
interface GuessLimit {
  /** @throws CivitasError `RATE_LIMITED` */
  assertFew(clientAddress: string | undefined): void;
  /** An unknown key was presented. */
  count(clientAddress: string | undefined): void;
}

/** A program that was given a wrong key retries; somebody who walks through keys does more. */
const MAX_GUESSES = 60;
const WINDOW_MS = 60_000;
const MAX_ADDRESSES = 10_000;

/** Counted in this process alone: all that is protected is what this process asks. */
export function createGuessLimit(): GuessLimit {
  const guesses = new LRUCache<string, number>({ max: MAX_ADDRESSES, ttl: WINDOW_MS });
  return {
    assertFew: (address = 'unknown') => {
      if ((guesses.get(address) ?? 0) < MAX_GUESSES) return;
      const retryAfterSeconds = Math.ceil(guesses.getRemainingTTL(address) / 1000);
      throw new CivitasError('RATE_LIMITED', { details: { retryAfterSeconds } });
    },
    count: (address = 'unknown') => {
      const ttl = guesses.getRemainingTTL(address) || WINDOW_MS;
      guesses.set(address, (guesses.get(address) ?? 0) + 1, { ttl });
    },
  };
}
