import { createMemoryKeyValueStore } from '@civitas/platform/keyvalue';
import { createInProcessPubSub, type SubscribeOptions } from '@civitas/platform/pubsub';
import { FROM_NOW_ON, type UserViewer } from '@civitas/platform/subgraph';
import { createLogger } from '@civitas/platform/telemetry';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ContentContext } from '../context.ts';
import { followImport, type ImportProgress, progressOf } from './import-progress.ts';

const viewer: UserViewer = {
  type: 'user',
  id: 'usr_1',
  kind: 'CIVILIAN',
  roles: [],
  scopes: [],
  sessionId: 'ses_1',
};
const STORING: ImportProgress = { stage: 'STORING', done: 5, total: 9 };
const DONE: ImportProgress = { stage: 'DONE', done: 9, total: 9, subjectId: 'sub_1' };

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] }));
afterEach(() => void vi.useRealTimers());

/** Servers of content with one store and one channel between them, which can have a gap. */
function servers() {
  const log = createLogger({ name: 'test', level: 'silent' });
  const pubsub = createInProcessPubSub({ log });
  const store = createMemoryKeyValueStore({ now: () => new Date() });
  let isGone = false;
  const set: typeof store.set = async (...kept) => {
    if (!isGone) await store.set(...kept);
  };
  const progress = { ...store, set };
  const gaps: (() => void)[] = [];
  const subscribe: typeof pubsub.subscribe = (channel, onMessage, options?: SubscribeOptions) => {
    if (options?.onGap) gaps.push(options.onGap);
    return pubsub.subscribe(channel, onMessage, options);
  };
  const context = (resumeAfter?: string) =>
    ({
      ...{ viewer, log, resumeAfter, pubsub: { ...pubsub, subscribe } },
      imports: { progress },
    }) as unknown as ContentContext;
  return {
    follow: (resumeAfter?: string) => followImport(context(resumeAfter), 'one'),
    tell: () => progressOf(context(), 'one'),
    kept: () => progress.get('content:import:usr_1:one'),
    /** The server that is at the import is killed: it keeps nothing any more. */
    kill: () => {
      isGone = true;
    },
    gap: () => {
      for (const each of gaps) each();
    },
  };
}

const untilKept = async ({ kept }: ReturnType<typeof servers>, progress: ImportProgress) =>
  vi.waitFor(async () => expect(await kept()).toBe(JSON.stringify(progress)));

test('who was cut off goes on with what was told last, and hears the end once', async () => {
  const there = servers();
  const tell = there.tell();
  tell(STORING);
  await untilKept(there, STORING);
  const resumed = await there.follow('READING 0 0');
  expect(await resumed.next()).toEqual({ done: false, value: STORING });
  tell(DONE);
  expect(await resumed.next()).toEqual({ done: false, value: DONE });
  expect((await resumed.next()).done).toBe(true);
  // It has ended while nobody was there, before anything was heard of it, and after its end was.
  expect(await Array.fromAsync(await there.follow('STORING 5 9'))).toEqual([DONE]);
  expect(await Array.fromAsync(await there.follow(FROM_NOW_ON))).toEqual([DONE]);
  expect(await Array.fromAsync(await there.follow('DONE 9 9'))).toEqual([]);
});

test('who begins to follow is told from then on: an id may have been used before', async () => {
  const there = servers();
  there.tell()(DONE);
  await untilKept(there, DONE);
  const fresh = await there.follow();
  there.tell()(STORING);
  expect((await fresh.next()).value).toEqual(STORING);
});

test('a gap among the servers is closed with what was told last', async () => {
  const there = servers();
  const fresh = await there.follow();
  there.gap();
  const tell = there.tell();
  tell(STORING);
  expect((await fresh.next()).value).toEqual(STORING);
  there.gap();
  tell(DONE);
  expect((await fresh.next()).value).toEqual(DONE);
  expect((await fresh.next()).done).toBe(true);
});

test('an import goes on for hours without a word, and has failed when its server is gone', async () => {
  const there = servers();
  const tell = there.tell();
  const follower = await there.follow();
  tell(STORING);
  expect((await follower.next()).value).toEqual(STORING);
  const next = follower.next();
  for (let minute = 0; minute < 10; minute += 1) {
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await there.kept()).toBe(JSON.stringify(STORING));
  }
  there.kill();
  const resumed = await there.follow('STORING 5 9');
  await vi.advanceTimersByTimeAsync(60_000);
  for (const answer of [next, resumed.next()])
    expect(await answer).toMatchObject({ value: { stage: 'FAILED' } });
  for (const each of [follower, resumed]) expect((await each.next()).done).toBe(true);
});
