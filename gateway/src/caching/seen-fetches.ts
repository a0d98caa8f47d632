import type { RequestOrigin } from '@civitas/platform/subgraph';

/** What the fetches of one run were made of, for the answer that is made of them. */
export interface SeenFetches {
  readonly tags: Set<string>;
  /** Until the first of them is too old. */
  ttlMs: number;
  isPublic: boolean;
  /** False as soon as one of them may not be remembered, or could not be looked up. */
  isComplete: boolean;
}

/** By the origin of a run: only the run itself and the transports know it. */
const runs = new WeakMap<RequestOrigin, SeenFetches>();

/** Begins to note what a run fetches. Nothing noted is nothing to be remembered. */
export function watchFetches(origin: RequestOrigin): SeenFetches {
  const seen: SeenFetches = {
    tags: new Set(),
    ttlMs: Number.POSITIVE_INFINITY,
    isPublic: true,
    isComplete: true,
  };
  runs.set(origin, seen);
  return seen;
}

/** @param about what was fetched; absent for what may not be remembered. */
export function noteFetch(
  origin: RequestOrigin,
  about?: {
    readonly tags: readonly string[];
    readonly ttlMs: number;
    readonly isPublic: boolean;
  },
): void {
  const seen = runs.get(origin);
  if (!seen) return;
  if (!about) {
    seen.isComplete = false;
    return;
  }
  for (const tag of about.tags) seen.tags.add(tag);
  seen.ttlMs = Math.min(seen.ttlMs, about.ttlMs);
  seen.isPublic &&= about.isPublic;
}
