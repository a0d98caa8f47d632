import { setTimeout as after } from 'node:timers/promises';
import {
  FROM_NOW_ON,
  isOpening,
  isStream,
  type RequestOrigin,
  type SubscriptionAnswer,
} from '@civitas/platform/subgraph';
import type { FormattedExecutionResult } from 'graphql';

type Result = IteratorResult<FormattedExecutionResult, undefined>;

interface Resuming {
  /** Starts the subscription, after the origin's `resumeAfter` when it has one. */
  readonly start: (origin: RequestOrigin) => Promise<SubscriptionAnswer>;
  /** Told of every loss; `isResumed` says whether the source is asked to go on. */
  readonly onLost: (lost: { readonly attempt: number; readonly isResumed: boolean }) => void;
}

/** A subgraph is started again, or another takes its place, within this; else the reader is told. */
const PATIENCE_MS = 60_000;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 3_000;
/** A connection that held for so long was good: its loss is a new one. */
const STABLE_MS = 10_000;

const DONE = { done: true, value: undefined } as const;

/**
 * A subscription that survives its connection: when a source whose events say a cursor is lost, it is
 * started again after the last event, so that the reader sees each event once and notices nothing; one
 * that tells what happens from now on is started again, too, and says itself what that means. A source
 * without a cursor, or one that does not come back for a minute, ends with what it was lost
 * with, `SUBGRAPH_UNAVAILABLE`.
 */
export async function subscribeResuming(
  origin: RequestOrigin,
  { start, onLost }: Resuming,
): Promise<SubscriptionAnswer> {
  const first = await start(origin);
  if (!isStream(first)) return first;
  const over = new AbortController();
  let source: AsyncIterableIterator<FormattedExecutionResult> = first;
  let cursor: string | undefined;
  let attempt = 0;
  let startedAt = performance.now();
  let lostAt = startedAt;

  /** @returns whether the source has been started again. */
  async function resume(): Promise<boolean> {
    const now = performance.now();
    if (attempt === 0 || now - startedAt > STABLE_MS) {
      attempt = 0;
      lostAt = now;
    }
    const isResumed = cursor !== undefined && now - lostAt < PATIENCE_MS;
    onLost({ attempt, isResumed });
    if (!isResumed) return false;
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS);
    attempt += 1;
    // Not all gateways and all subscriptions in the same moment.
    await after(waitMs * (0.5 + Math.random() / 2), undefined, { signal: over.signal });
    startedAt = performance.now();
    const answer = await start({ ...origin, resumeAfter: cursor });
    source = isStream(answer) ? answer : only(answer);
    if (over.signal.aborted) void source.return?.();
    return true;
  }

  async function next(): Promise<Result> {
    for (;;) {
      const result = await source.next();
      if (over.signal.aborted || result.done) return DONE;
      if (isLost(result.value)) {
        if (await resume().catch(whenOver)) continue;
        return over.signal.aborted ? DONE : result;
      }
      if (isOpening(result.value)) {
        // Started again, it has told nothing yet: what was told before still says where to go on.
        cursor ??= FROM_NOW_ON;
        return result;
      }
      attempt = 0;
      const told = result.value.extensions?.['cursor'];
      if (typeof told === 'string') cursor = told;
      return result;
    }
  }

  function whenOver(error: unknown): false {
    if (over.signal.aborted) return false;
    throw error;
  }

  const stop = () => over.abort();
  if (origin.signal.aborted) stop();
  else origin.signal.addEventListener('abort', stop, { once: true });
  const resuming: AsyncIterableIterator<FormattedExecutionResult, undefined> = {
    next,
    return: async () => {
      origin.signal.removeEventListener('abort', stop);
      stop();
      void source.return?.();
      return DONE;
    },
    [Symbol.asyncIterator]: () => resuming,
  };
  return resuming;
}

/** What a transport says when there is no answer, and no subgraph of an event. */
function isLost({ data, errors }: FormattedExecutionResult): boolean {
  return (data ?? null) === null && errors?.[0]?.extensions?.['code'] === 'SUBGRAPH_UNAVAILABLE';
}

async function* only(
  answer: FormattedExecutionResult,
): AsyncGenerator<FormattedExecutionResult, undefined> {
  yield answer;
}
