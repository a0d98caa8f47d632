import { ANONYMOUS, type Viewer } from '@civitas/platform/subgraph';
import type { FormattedExecutionResult } from 'graphql';
import { expect, test } from 'vitest';
import { userWith } from '../testing/town-gateway.ts';
import { createSharedJoins } from './shared-joins.ts';
import type { SubscriptionWay } from './subscription-group.ts';

/** How many results two groups of subscribers make of one event. */
async function results(
  { isJoined, isAlike }: { isJoined: boolean; isAlike: boolean },
  viewers: readonly [Viewer, Viewer],
): Promise<number> {
  const join = createSharedJoins(1_000);
  const event: FormattedExecutionResult = { data: { seq: 1 } };
  const alike = isAlike ? {} : undefined;
  const made = viewers.map((viewer) => {
    const way: SubscriptionWay = {
      subscription: {
        ...{ isJoined, alike, source: '', start: async () => ({}) },
        join: async ({ data }) => ({ data, errors: [], completionErrors: [] }),
      },
      present: ({ data }) => ({ data: { ...data } }),
      failure: () => ({ errors: [] }),
    };
    const origin = { viewer, requestId: 'request-1', signal: new AbortController().signal };
    return join(event, way, origin);
  });
  return new Set(await Promise.all(made)).size;
}

const [one, other] = [userWith(), ANONYMOUS];

test('groups that make the same of an event share it, whoever listens', async () => {
  expect(await results({ isJoined: false, isAlike: true }, [one, other])).toBe(1);
});

test('what other subgraphs add is shared by the groups of one viewer alone', async () => {
  expect(await results({ isJoined: true, isAlike: true }, [one, one])).toBe(1);
  expect(await results({ isJoined: true, isAlike: true }, [one, other])).toBe(2);
});

test('what depends on the variables or the rights of a group is its own', async () => {
  expect(await results({ isJoined: false, isAlike: false }, [one, one])).toBe(2);
});

test('a shared join goes on for the others when the one who came first leaves', async () => {
  const join = createSharedJoins(60_000);
  const [left, held] = [new AbortController(), Promise.withResolvers<void>()];
  const way: SubscriptionWay = {
    subscription: {
      ...{ isJoined: true, alike: {}, source: '', start: async () => ({}) },
      join: async ({ data }, { signal }) => {
        await held.promise;
        return { data: signal.aborted ? null : data, errors: [], completionErrors: [] };
      },
    },
    present: ({ data }) => ({ data: data ?? null }),
    failure: () => ({ errors: [] }),
  };
  const event: FormattedExecutionResult = { data: { seq: 1 } };
  const from = (signal: AbortSignal) => ({ viewer: one, requestId: 'request-1', signal });
  const first = join(event, way, from(left.signal));
  const second = join(event, way, from(new AbortController().signal));
  left.abort();
  held.resolve();
  expect(await second).toEqual(event);
  expect(await first).toBe(await second);
});
