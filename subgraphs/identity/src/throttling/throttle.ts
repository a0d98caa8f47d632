import { createHmac, createSecretKey } from 'node:crypto';
import { isCivitasError, UserFailure } from '@civitas/platform/errors';
import { createMemoryKeyValueStore, type KeyValueStore } from '@civitas/platform/keyvalue';
import type { Logger } from '@civitas/platform/telemetry';
import type { ThrottleRule } from './rules.ts';

/** Counts attempts before they are made, in all processes together. */
export interface Throttle {
  /**
   * Takes one attempt. Call it **before** the work it guards, so that attempts made side by side
   * are counted before any of them has an outcome.
   *
   * @param subject whom the attempt is against; stored as an HMAC, never as it is.
   * @throws UserFailure `TooManyAttempts` with `retryAfterSeconds`.
   */
  reserve(rule: ThrottleRule, subject: string): Promise<void>;
  /** Gives a subject its attempts back, after one that succeeded. */
  reset(rule: ThrottleRule, subject: string): Promise<void>;
}

interface ThrottleOptions {
  readonly keyValue: KeyValueStore;
  /** Keys the HMAC of subjects. */
  readonly secret: Uint8Array;
  readonly log: Logger;
  readonly now: () => Date;
}

/**
 * While the shared store does not answer, each process counts for itself: nobody is locked out by
 * an outage, and nobody can guess without limit during one.
 */
export function createThrottle({ keyValue, secret, log, now }: ThrottleOptions): Throttle {
  const key = createSecretKey(secret);
  const fallback = createMemoryKeyValueStore({ now });

  async function ask<Answer>(question: (store: KeyValueStore) => Promise<Answer>): Promise<Answer> {
    try {
      return await question(keyValue);
    } catch (error) {
      if (!isCivitasError(error)) throw error;
      log.warn({ err: error }, 'throttling counts in this process alone');
      return question(fallback);
    }
  }

  const keyOf = (rule: ThrottleRule, subject: string) => {
    const digest = createHmac('sha256', key).update(`${rule.name}\0${subject}`);
    return `identity:throttle:${rule.name}:${digest.digest('base64url')}`;
  };

  return {
    reserve: async (rule, subject) => {
      const counter = keyOf(rule, subject);
      const { value, remainingMs } = await ask((store) =>
        store.increment(counter, 1, rule.windowMs),
      );
      if (value > rule.attempts) throw tooManyAttempts(remainingMs);
    },
    reset: (rule, subject) => ask((store) => store.delete(keyOf(rule, subject))),
  };
}

function tooManyAttempts(remainingMs: number): UserFailure {
  const retryAfterSeconds = Math.max(1, Math.ceil(remainingMs / 1000));
  return new UserFailure(
    'TooManyAttempts',
    'Too many attempts. Wait a while and try again.',
    null,
    {
      retryAfterSeconds,
    },
  );
}
