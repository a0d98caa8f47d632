import {
  createPushIterator,
  isStream,
  type PushIterator,
  type Viewer,
} from '@civitas/platform/subgraph';
import type { FormattedExecutionResult } from 'graphql';
import type { PlannedSubscription, RawResult } from '../execution/types.ts';
import type { PlannedOperation } from '../operations/prepared-document.ts';
import { runGroup } from './run-group.ts';

/** One subscription as one client asks for it. */
export interface SubscriptionRequest {
  readonly planned: PlannedOperation;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly viewer: Viewer;
  readonly requestId: string;
  readonly clientAddress: string | undefined;
  readonly subscription: PlannedSubscription;
  /** Makes a completed event presentable. Used for all subscribers of a group. */
  readonly present: (raw: RawResult) => FormattedExecutionResult;
}

export type Results = PushIterator<FormattedExecutionResult>;

/** Subscribers of the same thing with the same rights, before its first event. */
interface Group {
  readonly subscribers: Set<Results>;
  readonly left: AbortController;
  readonly started: Promise<FormattedExecutionResult | undefined>;
}

interface GroupsOptions {
  /** After this an event is delivered with what has arrived. */
  readonly deadlineMs: number;
  /** Results that may wait for one client. */
  readonly maxQueued: number;
}

/** Everything clients listen to. */
export interface SubscriptionGroups {
  /**
   * Joins or starts a subscription: its results, or why it could not start. A client that reads too
   * slowly gets a rejected `next()`; its `return()` stops the source when it was the last one.
   * @throws CivitasError when the subgraph cannot be reached.
   */
  subscribe(request: SubscriptionRequest): Promise<Results | FormattedExecutionResult>;
}

/**
 * One upstream and one join per distinct operation, variables and viewer. A group takes in
 * subscribers until its first event: a source may begin with what its arguments ask for, such as
 * everything since a cursor, and who comes later must get that too, from an upstream of its own.
 */
export function createSubscriptionGroups({
  deadlineMs,
  maxQueued,
}: GroupsOptions): SubscriptionGroups {
  const open = new WeakMap<PlannedOperation, Map<string, Group>>();

  function start(request: SubscriptionRequest, close: (group: Group) => void): Group {
    const left = new AbortController();
    const subscribers = new Set<Results>();
    const { viewer, requestId, clientAddress, subscription, present } = request;
    const origin = { viewer, requestId, clientAddress, signal: left.signal };
    const group: Group = {
      subscribers,
      left,
      started: subscription.start(origin).then((answer) => {
        if (!isStream(answer)) return answer;
        void runGroup(answer, {
          subscribers,
          origin,
          deadlineMs,
          join: async (event, each) => present(await subscription.join(event, each)),
          onFirstEvent: () => close(group),
        })
          .catch((error: Error) => {
            for (const subscriber of [...subscribers]) subscriber.fail(error);
          })
          .finally(() => close(group));
        return undefined;
      }),
    };
    return group;
  }

  return {
    subscribe: async (request) => {
      const groups = open.get(request.planned) ?? new Map<string, Group>();
      open.set(request.planned, groups);
      const key = JSON.stringify([request.variables, request.viewer]);
      const close = (group: Group) => {
        if (groups.get(key) === group) groups.delete(key);
      };
      const group = groups.get(key) ?? start(request, close);
      groups.set(key, group);
      const results: Results = createPushIterator({
        maxQueued,
        onEnd: () => {
          group.subscribers.delete(results);
          if (group.subscribers.size > 0) return;
          close(group);
          group.left.abort();
        },
      });
      group.subscribers.add(results);
      try {
        const refusal = await group.started;
        if (refusal) results.end();
        return refusal ?? results;
      } catch (error) {
        results.end();
        throw error;
      }
    },
  };
}
