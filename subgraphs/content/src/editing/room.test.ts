import { createLogger } from '@civitas/platform/telemetry';
import { expect, onTestFinished, test, vi } from 'vitest';
import * as Y from 'yjs';
import type { DocumentLog, LogState } from './document-log.ts';
import type { EditsEvent } from './edits-event.ts';
import { createRoom, type Room } from './room.ts';

// One document on one server, with neither database nor clock: it gets what it hears of another.

const NO_LOG: DocumentLog = {
  read: () => Promise.reject(new Error('There is no database.')),
  heads: async () => [],
  append: () => Promise.reject(new Error('There is no database.')),
};

function useRoom() {
  const doc = new Y.Doc();
  const text = doc.getText('content');
  const first: LogState = {
    ...{ epoch: 1, seq: 0, snapshotSeq: 0, markdownSeq: 0, snapshot: null },
    ...{ updates: [], clients: [] },
    access: { authorId: 'usr_1', visibility: 'PUBLIC', roles: {} },
  };
  const room = createRoom({
    ...{ topicId: 'top_1', first, log: NO_LOG, now: () => new Date(), tell: () => undefined },
    logger: createLogger({ name: 'room', level: 'silent' }),
  });
  const hear = (change: () => void) => {
    const before = Y.encodeStateVector(doc);
    change();
    const updates = [Buffer.from(Y.encodeStateAsUpdate(doc, before)).toString('base64')];
    const { seq: from } = room.state;
    const message = { kind: 'updates', epoch: 1, from, to: from + 1, updates } as const;
    room.hear(message);
    return message;
  };
  const write = (word: string) => hear(() => text.insert(text.length, word));
  return { room, doc, write };
}

function open(room: Room, more: { stateVector?: Uint8Array; epoch?: number } = {}) {
  const stream = room.subscribe({
    ...{ userId: null, clientId: 7, epoch: null, stateVector: null },
    ...more,
  });
  const events: EditsEvent[] = [];
  const reading = (async () => {
    for await (const event of stream) events.push(event);
  })();
  onTestFinished(async () => {
    await stream.return?.();
    await reading;
  });
  return events;
}

function updateIn(event: EditsEvent | undefined): Y.Doc {
  const doc = new Y.Doc();
  if (event?.update) Y.applyUpdate(doc, Buffer.from(event.update, 'base64'));
  return doc;
}

const textIn = (event: EditsEvent | undefined) => updateIn(event).getText('content').toString();

const toFake = ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'performance'];
function stopClock() {
  vi.useFakeTimers({ toFake: toFake as ('setTimeout' | 'performance')[] });
  onTestFinished(() => void vi.useRealTimers());
  return (ms: number) => vi.advanceTimersByTimeAsync(ms);
}

test('up to five who follow get every change at once; of six each gets what 16 ms bring in one event', async () => {
  const pass = stopClock();
  const { room, write } = useRoom();
  const followers = Array.from({ length: 5 }, () => open(room));
  await pass(100);
  for (const word of ['a', 'b', 'c']) {
    write(word);
    await pass(1);
  }
  for (const events of followers) {
    expect(events.slice(1).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  }
  followers.push(open(room));
  await pass(100);
  const heard = followers.map((events) => events.length);
  const since = () => followers.map((events, index) => events.slice(heard[index]));
  write('d');
  await pass(1);
  for (const word of ['e', 'f', 'g']) {
    write(word);
    await pass(4);
  }
  expect(since().map((events) => events.length)).toEqual(Array(6).fill(1));
  await pass(5);
  const [first = []] = since();
  expect(first.map(({ seq }) => seq)).toEqual([4, 7]);
  // One event serves them all.
  const differ = since().filter((events) => events.some((event, at) => event !== first[at]));
  expect(differ).toEqual([]);
});

test('who comes back gets what is new and no more; in another epoch, and without a vector, everything', async () => {
  const pass = stopClock();
  const { room, doc, write } = useRoom();
  write('Bees');
  const stateVector = Y.encodeStateVector(doc);
  const early = open(room);
  await pass(1);
  write(' sting');
  const [back, other, late] = [
    open(room, { stateVector, epoch: 1 }),
    open(room, { stateVector, epoch: 2 }),
    open(room),
  ];
  await pass(1);
  expect(textIn(early[0])).toBe('Bees');
  expect(back[0]).toMatchObject({ seq: 2, stateVector: expect.any(String) });
  // It builds on what they have: alone it is worth nothing.
  expect(textIn(back[0])).toBe('');
  expect(updateIn(back[0]).store.pendingStructs).not.toBeNull();
  for (const events of [other, late]) {
    expect(events[0]).toMatchObject({ seq: 2, stateVector: expect.any(String) });
    expect(textIn(events[0])).toBe('Bees sting');
  }
});

test('what is told twice is taken in and told on once', async () => {
  const pass = stopClock();
  const { room, write } = useRoom();
  const events = open(room);
  await pass(1);
  const message = write('Bees');
  const { logBytes } = room.state;
  room.hear(message);
  await pass(100);
  expect(room.state).toMatchObject({ seq: 1, logBytes });
  expect(events.map(({ seq }) => seq)).toEqual([0, 1]);
});
