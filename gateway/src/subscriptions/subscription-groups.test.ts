import {
  ANONYMOUS,
  createPushIterator,
  isStream,
  type PushIterator,
} from '@civitas/platform/subgraph';
import type { FormattedExecutionResult } from 'graphql';
import { describe, expect, test, vi } from 'vitest';
import type { PlannedOperation } from '../operations/prepared-document.ts';
import type { SubscriptionWay } from './subscription-group.ts';
import { createSubscriptionGroups, type Replan } from './subscription-groups.ts';

const MAX_QUEUED = 10;

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
    failure: (error) => ({ errors: [{ message: String(error) }] }),
  };
  const tell = (n: number) => feed.push({ data: { n } });
  return { way, tell, feed, ended: ended.promise, starts: () => starts };
}

async function subscribed(way: SubscriptionWay, deadlineMs = 60_000) {
  const groups = createSubscriptionGroups({ deadlineMs, maxQueued: MAX_QUEUED });
  const planned = {} as PlannedOperation;
  const subscribe = async (as: SubscriptionWay) => {
    const answer = await groups.subscribe({
      ...as,
      planned,
      variables: {},
      operation: { query: 'subscription { n }' },
      viewer: ANONYMOUS,
      requestId: 'request-1',
    });
    if (!isStream(answer)) throw new Error('The subscription did not start.');
    return answer;
  };
  return { groups, subscribe, results: await subscribe(way) };
}

/** A way whose joins wait until the test ends each of them. */
function heldWay() {
  const source = wayOf('held', 'held');
  const joins: { readonly n: unknown; readonly signal: AbortSignal; end(error?: Error): void }[] =
    [];
  const join: SubscriptionWay['subscription']['join'] = ({ data }, { signal }) => {
    const held = Promise.withResolvers<void>();
    const end = (error?: Error) => (error ? held.reject(error) : held.resolve());
    joins.push({ n: data?.['n'], signal, end });
    return held.promise.then(() => ({ data: data ?? null, errors: [], completionErrors: [] }));
  };
  const way = { ...source.way, subscription: { ...source.way.subscription, join } };
  return { ...source, way, joins, joining: () => joins.map(({ n }) => n) };
}

const by = (name: string, n: number) => ({ done: false, value: { data: { n, by: name } } });
const to =
  (way: SubscriptionWay): Replan =>
  async () =>
    way;

describe('the events of a subscription', () => {
  test('are completed eight at a time, and delivered in order', async () => {
    const { way, tell, joins, joining } = heldWay();
    const { results } = await subscribed(way);
    for (let n = 1; n <= 10; n += 1) tell(n);
    await vi.waitFor(() => expect(joining()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]));
    const seen: unknown[] = [];
    const read = (async () => {
      for await (const { data } of results) if (seen.push(data?.['n']) === 10) return;
    })();
    for (const { end } of joins.slice(1)) end();
    await new Promise(setImmediate);
    expect([seen, joining()]).toEqual([[], [1, 2, 3, 4, 5, 6, 7, 8]]);
    joins[0]?.end();
    await vi.waitFor(() => expect(joining()).toHaveLength(10));
    for (const { end } of joins) end();
    await read;
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('are completed with what has arrived when their time is over', async () => {
    const { way, tell, joins } = heldWay();
    await subscribed(way, 20);
    tell(1);
    await vi.waitFor(() => expect(joins[0]?.signal.reason).toMatchObject({ name: 'TimeoutError' }));
  });

  test('that cannot be completed end it at once with their reason, and its source', async () => {
    const { way, tell, joins, joining, ended } = heldWay();
    const { groups, results } = await subscribed(way);
    tell(1);
    tell(2);
    await vi.waitFor(() => expect(joining()).toEqual([1, 2]));
    joins[0]?.end(new Error('first'));
    joins[1]?.end(new Error('second'));
    expect((await results.next()).value).toEqual({ errors: [{ message: 'Error: first' }] });
    expect((await results.next()).done).toBe(true);
    await ended;
    expect(groups.count()).toBe(0);
  });

  test('end with the reason when the source breaks', async () => {
    const { way, feed } = wayOf('broken', 'one');
    const { results } = await subscribed(way);
    feed.fail(new Error('gone'));
    expect((await results.next()).value).toEqual({ errors: [{ message: 'Error: gone' }] });
    expect((await results.next()).done).toBe(true);
  });
});

test('results beyond what may wait for one reader end it, and not the others', async () => {
  const source = wayOf('fast', 'one');
  const { subscribe, results: slow } = await subscribed(source.way);
  const quick = await subscribe(source.way);
  for (let n = 1; n <= MAX_QUEUED + 1; n += 1) {
    source.tell(n);
    expect(await quick.next()).toEqual(by('fast', n));
  }
  await expect(slow.next()).rejects.toThrow('Events are read too slowly.');
  source.tell(0);
  expect(await quick.next()).toEqual(by('fast', 0));
});

test('the end of a group leaves the one that took its place, which others can still join', async () => {
  const [early, late] = [wayOf('early', 'one'), wayOf('late', 'one')];
  const { groups, subscribe, results } = await subscribed(early.way);
  early.tell(1);
  await results.next();
  await subscribe(late.way);
  await results.return();
  await early.ended;
  await subscribe(late.way);
  expect([late.starts(), groups.count()]).toEqual([1, 2]);
});

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
    const isLeftAtStart = Promise.withResolvers<boolean>();
    const start: typeof after.way.subscription.start = async (origin) => {
      isLeftAtStart.resolve(!before.feed.push({ data: { n: 2 } }));
      // Read before it fails; what happens to what is left is nobody's business any more.
      await new Promise(setImmediate);
      before.feed.fail(new Error('lost'));
      return after.way.subscription.start(origin);
    };
    await groups.replan(to({ ...after.way, subscription: { ...after.way.subscription, start } }));
    expect(await isLeftAtStart.promise).toBe(false);
    await before.ended;
    expect(await results.next()).toEqual(by('after', 2));
    after.tell(3);
    expect(await results.next()).toEqual(by('after', 3));
    expect(groups.count()).toBe(1);
    await results.return();
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

  test('whose new source cannot be reached tells why, and the old one ends', async () => {
    const before = wayOf('before', 'one');
    const { groups, results } = await subscribed(before.way);
    const broken = wayOf('after', 'two').way;
    const start = () => Promise.reject(new Error('away'));
    await groups.replan(to({ ...broken, subscription: { ...broken.subscription, start } }));
    expect((await results.next()).value).toEqual({ errors: [{ message: 'Error: away' }] });
    expect((await results.next()).done).toBe(true);
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
