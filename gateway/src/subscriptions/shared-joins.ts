import type { RequestOrigin } from '@civitas/platform/subgraph';
import type { FormattedExecutionResult } from 'graphql';
import { limitTime } from '../pipeline/limit-time.ts';
import type { SubscriptionWay } from './subscription-group.ts';

type Result = Promise<FormattedExecutionResult>;

/** Completes an event as one group of subscribers gets it. Rejects only for a defect. */
export type JoinEvent = (
  event: FormattedExecutionResult,
  way: SubscriptionWay,
  origin: RequestOrigin,
) => Result;

/** One for every event that nothing is joined with: what it becomes is the same for all viewers. */
const ANYBODY = '';

/**
 * Makes one result of an event that comes to several groups as the same object, as a shared event of a
 * subgraph does: for subscriptions that differ only in what they began with, such as the editors of one
 * text. It is their one object, so that its JSON is made once, too.
 *
 * @param deadlineMs after this an event is completed with what has arrived.
 */
export function createSharedJoins(deadlineMs: number): JoinEvent {
  const made = new WeakMap<FormattedExecutionResult, Map<object, Map<string, Result>>>();

  /** @param left ends the work before its time. */
  async function join(
    event: FormattedExecutionResult,
    { subscription, present }: SubscriptionWay,
    origin: RequestOrigin,
    left: AbortSignal | undefined,
  ): Result {
    if (!subscription.isJoined) return present(await subscription.join(event, origin));
    const time = limitTime(left, deadlineMs);
    try {
      return present(await subscription.join(event, { ...origin, signal: time.signal }));
    } finally {
      time.end();
    }
  }

  return (event, way, origin) => {
    const { alike, isJoined } = way.subscription;
    if (!alike) return join(event, way, origin, origin.signal);
    const byPlan = made.get(event) ?? new Map<object, Map<string, Result>>();
    made.set(event, byPlan);
    const byViewer = byPlan.get(alike) ?? new Map<string, Result>();
    byPlan.set(alike, byViewer);
    const key = isJoined ? JSON.stringify(origin.viewer) : ANYBODY;
    const earlier = byViewer.get(key);
    if (earlier) return earlier;
    // Whoever leaves, others wait for it.
    const result = join(event, way, origin, undefined);
    byViewer.set(key, result);
    return result;
  };
}
