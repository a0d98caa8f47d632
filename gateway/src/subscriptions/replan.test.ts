import {
  ANONYMOUS,
  createPushIterator,
  isStream,
  type PushIterator,
} from '@civitas/platform/subgraph';
import type { FormattedExecutionResult } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { PlannedOperation } from '../operations/prepared-document.ts';
import type { SubscriptionWay } from './subscription-group.ts';
import { createSubscriptionGroups, type Replan } from './subscription-groups.ts';

/** A way whose source the test feeds, and whose events carry its name. */
function wayOf(name: string, source: string) {
  const ended = Promise.withResolvers<void>();
  const feed: PushIterator<FormattedExecutionResult> = createPushIterator({
    onEnd: () => ended.resolve(),
  });
  let starts = 0;
  const way: SubscriptionWay = {
    subscription: {
      isJoined: true,
      source,
      start: async ({ signal }) => {
        starts += 1;
        signal.addEventListener('abort', () => void feed.return());
        return feed;
      },
      join: async ({ data }) => ({ data: { ...data, by: name }, errors: [], completionErrors: [] }),
    },
    present: ({ data }) => ({ data: data ?? null }),
  };
  const tell = (n: number) => feed.push({ data: { n } });
  return { way, tell, feed, ended: ended.promise, starts: () => starts };
}

async function subscribed(way: SubscriptionWay) {
  const groups = createSubscriptionGroups({ deadlineMs: 1_000, maxQueued: 10 });
  const answer = await groups.subscribe({
    ...way,
    planned: {} as PlannedOperation,
    variables: {},
    operation: { query: 'subscription { n }' },
    viewer: ANONYMOUS,
    requestId: 'request-1',
  });
  if (!isStream(answer)) throw new Error('The subscription did not start.');
  return { groups, results: answer };
}

const by = (name: string, n: number) => ({ done: false, value: { data: { n, by: name } } });
const to =
  (way: SubscriptionWay): Replan =>
  async () =>
    way;

describe('a subscription that is planned anew', () => {
  test('keeps its source when that is asked for the same, and joins events in the new way', async () => {
    const [before, after] = [wayOf('before', 'same'), wayOf('after', 'same')];
    const { groups, results } = await subscribed(before.way);
    before.tell(1);
    expect(await results.next()).toEqual(by('before', 1));
    await groups.replan(to(after.way));
    before.tell(2);
    expect(await results.next()).toEqual(by('after', 2));
    expect(after.starts()).toBe(0);
  });

  test('has its new source started before the old one is left, and its subscribers stay', async () => {
    const [before, after] = [wayOf('before', 'one'), wayOf('after', 'two')];
    const { groups, results } = await subscribed(before.way);
    before.tell(1);
    expect(await results.next()).toEqual(by('before', 1));
    await groups.replan(to(after.way));
    await before.ended;
    after.tell(2);
    expect(await results.next()).toEqual(by('after', 2));
    await results.return?.();
    await after.ended;
  });

  test('that can no longer be served tells its subscribers why, and its source ends', async () => {
    const before = wayOf('before', 'one');
    const { groups, results } = await subscribed(before.way);
    const last = { errors: [{ message: 'no such field' }] };
    await groups.replan(async () => ({ last }));
    expect(await results.next()).toEqual({ done: false, value: last });
    expect((await results.next()).done).toBe(true);
    await before.ended;
  });

  test('whose new source cannot be reached fails, and the old one ends', async () => {
    const before = wayOf('before', 'one');
    const { groups, results } = await subscribed(before.way);
    const broken = wayOf('after', 'two').way;
    const start = () => Promise.reject(new Error('away'));
    await groups.replan(to({ ...broken, subscription: { ...broken.subscription, start } }));
    await expect(results.next()).rejects.toThrow('away');
    await before.ended;
  });

  test('is left alone when it is over', async () => {
    const before = wayOf('before', 'one');
    const { groups, results } = await subscribed(before.way);
    before.feed.end();
    expect((await results.next()).done).toBe(true);
    let asked = 0;
    await groups.replan(async () => {
      asked += 1;
      return before.way;
    });
    expect(asked).toBe(0);
  });
});
