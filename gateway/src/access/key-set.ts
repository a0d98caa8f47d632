import { setTimeout as delay } from 'node:timers/promises';
import { CivitasError } from '@civitas/platform/errors';
import type { Logger } from '@civitas/platform/telemetry';
import { type CryptoKey, createLocalJWKSet, errors, type JSONWebKeySet } from 'jose';

type FindKey = (...asked: Parameters<ReturnType<typeof createLocalJWKSet>>) => Promise<CryptoKey>;

interface KeySetOptions {
  /** Identity's JWKS document as it is now; rejects when it is not to be had. */
  readonly fetch: () => Promise<string>;
  readonly log: Logger;
  /** After this the next caller has it fetched again, and does not wait. Default 5 minutes, as identity lets it be kept. */
  readonly maxAgeMs?: number;
  /** Between the beginnings of two fetches, whoever asks. Default 2 s. */
  readonly cooldownMs?: number;
}

/** The public keys of access tokens, fetched when they are first needed. */
export interface KeySet {
  /**
   * For `jwtVerify`.
   * @throws CivitasError `SERVICE_UNAVAILABLE` when nobody can say whether there is such a key.
   */
  readonly getKey: FindKey;
  /**
   * The document itself.
   * @throws CivitasError `SERVICE_UNAVAILABLE` when it has never been had.
   */
  document(): Promise<string>;
}

interface Known {
  readonly document: string;
  readonly find: FindKey;
  /** When it was asked for, on the clock of `performance`. */
  readonly askedAt: number;
}

const MAX_AGE_MS = 5 * 60_000;
const COOLDOWN_MS = 2_000;
/** Callers who wait for a key nobody has heard of; beyond they are told to come again. */
const MAX_WAITING = 1_000;

/**
 * Keeps the last good document: one that is old is used while the next is fetched, and one that is
 * damaged or has no key takes nobody's place. A key that is not in it may be new, so its caller waits for
 * a fetch that begins after they came: at most the cooldown and one fetch. However many callers bring
 * keys that do not exist, there is one fetch per cooldown, and who brings a key that is known never waits.
 *
 * `jose`'s own remote set is not that: it refuses new keys for half a minute after each fetch, refuses
 * everybody once its document is ten minutes old and identity away, and asks again for each of them.
 */
export function createKeySet(options: KeySetOptions): KeySet {
  const { fetch, log, maxAgeMs = MAX_AGE_MS, cooldownMs = COOLDOWN_MS } = options;
  let known: Known | undefined;
  let lastAskedAt = Number.NEGATIVE_INFINITY;
  let renewing: Promise<Known> | undefined;
  let waiting = 0;

  async function renew(): Promise<Known> {
    const restMs = lastAskedAt + cooldownMs - performance.now();
    if (restMs > 0) await delay(restMs, undefined, { ref: false });
    lastAskedAt = performance.now();
    try {
      const document = await fetch();
      // The same document keeps the keys that have been made of it.
      const find = document === known?.document ? known.find : readKeys(document);
      known = { document, find, askedAt: lastAskedAt };
      return known;
    } catch (cause) {
      log.warn({ err: cause }, 'the keys of access tokens could not be fetched');
      throw unavailable(cooldownMs, cause);
    }
  }

  function renewed(): Promise<Known> {
    renewing ??= renew().finally(() => {
      renewing = undefined;
    });
    return renewing;
  }

  /** Never waits where there is anything to use. */
  async function current(): Promise<Known> {
    if (!known) return renewed();
    if (performance.now() - known.askedAt >= maxAgeMs) renewed().catch(() => undefined);
    return known;
  }

  async function findNew(...asked: Parameters<FindKey>): Promise<CryptoKey> {
    const cameAt = performance.now();
    for (;;) {
      const { find, askedAt } = await renewed();
      // The one that was under way when they came may be older than their key.
      const found = await find(...asked).catch((error: unknown) => {
        if (isUnknown(error) && askedAt < cameAt) return undefined;
        throw error;
      });
      if (found) return found;
    }
  }

  return {
    getKey: async (...asked) => {
      const { find } = await current();
      try {
        return await find(...asked);
      } catch (error) {
        if (!isUnknown(error)) throw error;
      }
      if (waiting >= MAX_WAITING) throw unavailable(cooldownMs);
      waiting += 1;
      return findNew(...asked).finally(() => {
        waiting -= 1;
      });
    },
    document: async () => (await current()).document,
  };
}

function isUnknown(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey;
}

function readKeys(document: string): FindKey {
  const set = JSON.parse(document) as JSONWebKeySet;
  const find = createLocalJWKSet(set);
  if (set.keys.length === 0) throw new Error('There is no key in it.');
  return find;
}

function unavailable(cooldownMs: number, cause?: unknown): CivitasError {
  return new CivitasError('SERVICE_UNAVAILABLE', {
    message: 'Nobody can say right now whether the access token is good. Try again.',
    details: { retryAfterSeconds: Math.max(1, Math.ceil(cooldownMs / 1000)) },
    cause,
  });
}
