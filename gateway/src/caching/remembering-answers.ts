import type { ExecutePlan, Freshness, RawResult } from '../execution/types.ts';
import type { AnswerPolicy } from './answer-policies.ts';
import type { CacheStore } from './cache-store.ts';
import { cacheReads } from './caching-transport.ts';
import { hashOf } from './hash-of.ts';
import { watchFetches } from './seen-fetches.ts';
import { writerTag } from './tags.ts';

interface RememberingOptions {
  readonly store: CacheStore;
  readonly policyOf: (planned: Parameters<ExecutePlan>[0]['planned']) => AnswerPolicy | undefined;
}

/**
 * Remembers whole answers beside the fetches they are made of: by operation, variables and, unless
 * nothing private is in it, the viewer. An answer lives as long as the shortest-lived of its fetches, and
 * is forgotten with any of them: it has all their tags. One with errors is never remembered.
 */
export function rememberingAnswers(
  executePlan: ExecutePlan,
  { store, policyOf }: RememberingOptions,
): ExecutePlan {
  return async (input) => {
    const { planned, variables, origin } = input;
    const policy = origin.mayBeRemembered ? policyOf(planned) : undefined;
    if (!policy) return executePlan(input);
    const { name, ttlMs: maxAgeMs, isPublic } = policy;
    const viewer = isPublic ? 'everybody' : JSON.stringify(origin.viewer);
    const key = hashOf(`marked answer\0${name}\0${JSON.stringify(variables)}\0${viewer}`);
    const read = await store.read([key], writerTag(origin.viewer)).catch(() => undefined);
    if (!read) return executePlan(input);
    const [known] = read.values;
    cacheReads.inc({ kind: 'answer', result: known ? 'hit' : 'miss' });
    if (known) {
      const ageMs = Math.max(0, maxAgeMs - known.ttlMs);
      const mark = known.value.slice(0, MARK_LENGTH);
      const about = { maxAgeMs, ageMs, isPublic, mark };
      return new RememberedResult(known.value.slice(MARK_LENGTH), about);
    }
    const seen = watchFetches(origin);
    const raw = await executePlan(input);
    const { tags } = seen;
    if (!seen.isComplete || tags.size === 0 || tags.size > MAX_TAGS) return raw;
    // What the plan does not say, its fetches do: never more public, never for longer.
    if (raw.errors.length > 0 || (isPublic && !seen.isPublic)) return raw;
    const { text } = raw;
    if (text === undefined || raw.completionErrors.length > 0) return raw;
    const ttlMs = Math.min(maxAgeMs, seen.ttlMs);
    const mark = hashOf(text);
    const kept = { key, value: mark + text, tags: [...tags] };
    store.write([kept], read.at, ttlMs).catch(() => undefined);
    raw.freshness = { maxAgeMs, ageMs: maxAgeMs - ttlMs, isPublic, mark };
    return raw;
  };
}

/** Of a SHA-256 in base64url. It stands before what is remembered, so that nobody makes it again. */
const MARK_LENGTH = 43;

/** An answer of more objects is forgotten so often that it is not worth its room. */
const MAX_TAGS = 256;

class RememberedResult implements RawResult {
  readonly errors = [];
  readonly completionErrors = [];
  readonly text: string;
  readonly freshness: Freshness;
  #data: Record<string, unknown> | undefined;

  constructor(text: string, freshness: Freshness) {
    this.text = text;
    this.freshness = freshness;
  }

  get data(): Record<string, unknown> {
    this.#data ??= JSON.parse(this.text) as Record<string, unknown>;
    return this.#data;
  }
}
