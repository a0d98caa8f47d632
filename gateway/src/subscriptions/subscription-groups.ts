import type { FormattedExecutionResult } from 'graphql';
import type { PlannedOperation } from '../operations/prepared-document.ts';
import { createSharedJoins } from './shared-joins.ts';
import {
  type Results,
  SubscriptionGroup,
  type SubscriptionRequest,
  type SubscriptionWay,
} from './subscription-group.ts';

interface PlannedRequest extends SubscriptionRequest {
  readonly planned: PlannedOperation;
  readonly variables: Readonly<Record<string, unknown>>;
}

interface GroupsOptions {
  /** After this an event is delivered with what has arrived. */
  readonly deadlineMs: number;
  /** Results that may wait for one client. */
  readonly maxQueued: number;
}

/**
 * Plans an open subscription anew: how its events are made from now on, or the last thing its
 * subscribers are told, because it can no longer be served. Never rejects.
 */
export type Replan = (
  request: SubscriptionRequest,
) => Promise<SubscriptionWay | { readonly last: FormattedExecutionResult }>;

/** Everything clients listen to. Outlives the supergraph that it was planned with. */
export interface SubscriptionGroups {
  /**
   * Joins or starts a subscription: its results, or why it could not start. A client that reads too
   * slowly gets a rejected `next()`; its `return()` stops the source when it was the last one.
   * @throws CivitasError when the subgraph cannot be reached.
   */
  subscribe(request: PlannedRequest): Promise<Results | FormattedExecutionResult>;
  /**
   * Plans everything that is open anew, one group after the other; subscribers stay. For a
   * supergraph that takes the place of another. Never rejects.
   */
  replan(plan: Replan): Promise<void>;
  /** Subscriptions of clients that are open. */
  count(): number;
}

/**
 * One upstream and one join per distinct operation, variables and viewer. A group takes in
 * subscribers until its first event: a source may begin with what its arguments ask for, such as
 * everything since a cursor, and who comes later must get that too, from an upstream of its own. A source
 * that says that it tells what happens from now on (`fromNowOn`) takes in whoever comes.
 */
export function createSubscriptionGroups({
  deadlineMs,
  maxQueued,
}: GroupsOptions): SubscriptionGroups {
  const join = createSharedJoins(deadlineMs);
  const joinable = new WeakMap<PlannedOperation, Map<string, SubscriptionGroup>>();
  const open = new Set<SubscriptionGroup>();

  function groupFor(request: PlannedRequest): SubscriptionGroup {
    const groups = joinable.get(request.planned) ?? new Map<string, SubscriptionGroup>();
    joinable.set(request.planned, groups);
    const key = JSON.stringify([request.variables, request.viewer]);
    const known = groups.get(key);
    if (known) return known;
    const group: SubscriptionGroup = new SubscriptionGroup(request, {
      join,
      maxQueued,
      onClosed: () => {
        if (groups.get(key) === group) groups.delete(key);
      },
      onOver: () => open.delete(group),
    });
    groups.set(key, group);
    open.add(group);
    return group;
  }

  return {
    subscribe: (request) => groupFor(request).join(),
    count: () => [...open].reduce((sum, { size }) => sum + size, 0),
    replan: async (plan) => {
      for (const group of [...open]) {
        const way = await plan(group.request);
        if ('last' in way) group.end(way.last);
        else await group.replan(way);
      }
    },
  };
}
