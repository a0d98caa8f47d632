import { createLogger } from '@civitas/platform/telemetry';
import { expect, onTestFinished, test, vi } from 'vitest';
import * as Y from 'yjs';
import type { DocumentLog, LogState } from './document-log.ts';
import type { EditsEvent } from './edits-event.ts';
import { createRoom, type Room } from './room.ts';
import type { RoomMessage } from './room-message.ts';

// One document on one server, with neither database nor clock: it gets what it hears of another.

/** It stores whatever it is given, and has nothing new to tell. */
const LOG: DocumentLog = {
  read: () => Promise.reject(new Error('There is no database.')),
  heads: async () => [],
  append: async () => true,
};

const EMPTY: LogState = {
  ...{ epoch: 1, seq: 0, snapshotSeq: 0, markdownSeq: 0, snapshot: null, updates: [], clients: [] },
  access: { authorId: 'usr_1', visibility: 'PUBLIC', roles: {} },
};

function useRoom(
  more: Partial<DocumentLog> = {},
  tell: (message: RoomMessage) => void = () => undefined,
) {
  const doc = new Y.Doc();
  const text = doc.getText('content');
  const first: LogState = {
    ...{ epoch: 1, seq: 0, snapshotSeq: 0, markdownSeq: 0, snapshot: null },
    ...{ updates: [], clients: [] },
    access: { authorId: 'usr_1', visibility: 'PUBLIC', roles: { usr_2: 'EDITOR' } },
  };
  const room = createRoom({
    ...{
      topicId: 'top_1',
      first,
      log: { ...LOG, ...more },
      now: () => new Date(),
      tell,
    },
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

test('an editor who becomes a reader is told so by the stream, which ends; readers read on', async () => {
  const { room, write } = useRoom();
  const [editor, reader] = ['usr_2', null].map((userId) =>
    room.subscribe({ userId, clientId: 3, epoch: null, stateVector: null }),
  );
  await editor?.next();
  await reader?.next();
  const access = { authorId: 'usr_1', visibility: 'PUBLIC', roles: { usr_2: 'VIEWER' } } as const;
  room.observe({ ...EMPTY, topicId: room.topicId, access });
  expect(await editor?.next()).toMatchObject({ value: { ended: 'ACCESS_LOST', update: null } });
  write('Bees');
  expect(await reader?.next()).toMatchObject({ value: { ended: null, seq: 1 } });
});

test('a room that closes tells the other servers what waits in a crowd', async () => {
  const tell = vi.fn<(message: RoomMessage) => void>();
  const { room } = useRoom({}, tell);
  for (let n = 0; n < 6; n += 1) open(room);
  room.setPresence(1, 'usr_1', '{}');
  expect(tell).not.toHaveBeenCalled();
  await room.close('SERVER_STOPPING');
  expect(tell).toHaveBeenCalledWith({
    kind: 'presence',
    presence: [{ clientId: 1, userId: 'usr_1', clock: 1, state: '{}' }],
  });
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

test('a client id is its writer’s for good, and whose presence it shows only while they are there', async () => {
  const pass = stopClock();
  const { room } = useRoom();
  const [one, other] = ['usr_1', 'usr_2'];
  const taken = expect.objectContaining({
    data: expect.objectContaining({ code: 'TOPIC_CLIENT_ID_TAKEN' }),
  });
  const show = (clientId: number, userId: string, state: string | null) =>
    room.setPresence(clientId, userId, state);
  const events = open(room);
  show(1, one, '{}');
  expect(() => show(1, other, '{}')).toThrow(taken);
  // A reader who says to be client 1, and goes, takes nobody else away.
  const reader = room.subscribe({ userId: other, clientId: 1, epoch: null, stateVector: null });
  await reader.return?.();
  await pass(1);
  expect(events.at(-1)?.presence).toMatchObject([{ clientId: 1, userId: one, state: '{}' }]);
  show(1, one, null);
  show(1, other, '{}');
  room.state.bind(2, other);
  expect(() => show(2, one, '{}')).toThrow(taken);
  const refused = room.subscribe({ userId: one, clientId: 2, epoch: null, stateVector: null });
  expect((await refused.next()).value).toMatchObject({ ended: 'CLIENT_ID_TAKEN', update: null });
});

test('nobody writes as a client of somebody else: not in its name, nor within an update, nor at once', async () => {
  const { room } = useRoom();
  const by = (clientId: number, text: string, from?: Y.Doc) => {
    const doc = new Y.Doc();
    doc.clientID = clientId;
    if (from) Y.applyUpdate(doc, Y.encodeStateAsUpdate(from));
    doc.getText('content').insert(0, text);
    return doc;
  };
  const push = (userId: string, clientId: number, doc: Y.Doc) => {
    const bytes = Y.encodeStateAsUpdate(doc);
    return room.push({ userId, clientId, epoch: 1, bytes });
  };
  const taken = { data: { code: 'TOPIC_CLIENT_ID_TAKEN' } };
  const mine = by(1, 'a');
  const [first, second] = [push('usr_1', 1, mine), push('usr_2', 1, by(1, 'bb'))];
  await expect(second).rejects.toMatchObject(taken);
  expect(await first).toMatchObject({ seq: 1 });
  // Who brings along what is known writes nothing in its writer's name.
  expect(await push('usr_2', 2, by(2, 'c', mine))).toMatchObject({ seq: 2 });
  // It says to be client 3, and holds more of client 1 than is known.
  mine.getText('content').insert(0, 'd');
  await expect(push('usr_2', 3, by(3, 'e', mine))).rejects.toMatchObject(taken);
  expect(await push('usr_1', 1, mine)).toMatchObject({ seq: 3 });
  expect(room.state.doc.getText('content').toString()).toMatch(/^[acd]{3}$/);
});

const hello = () => {
  const doc = new Y.Doc();
  doc.getText('content').insert(0, 'Hello');
  const bytes = Y.encodeStateAsUpdate(doc);
  return { userId: 'usr_1', clientId: doc.clientID, epoch: 1, bytes };
};

test('after a statement that failed the database is asked what became of it, and nothing is stored twice', async () => {
  const push = hello();
  const append = vi
    .fn<DocumentLog['append']>()
    .mockRejectedValue(new Error('The connection was lost.'));
  const read = async () => ({ ...EMPTY, seq: 1, updates: [push.bytes] });
  const { room } = useRoom({ append, read });
  await expect(room.push(push)).rejects.toThrow('lost');
  expect(await room.push(push)).toEqual({ epoch: 1, seq: 1, isMissing: false });
  expect(append).toHaveBeenCalledTimes(1);
});

test('who is beaten by another server reads and tries again with all that waited, but not for ever', async () => {
  let refusals = 1;
  const append = async () => {
    refusals -= 1;
    return refusals < 0;
  };
  const { room } = useRoom({ append, read: async () => EMPTY });
  const push = hello();
  const stored = { epoch: 1, seq: 1, isMissing: false };
  expect(await Promise.all([room.push(push), room.push(push)])).toEqual([stored, stored]);
  refusals = 1_000;
  await expect(room.push(hello())).rejects.toMatchObject({
    extensions: { code: 'SERVICE_UNAVAILABLE' },
  });
});

test('a change of another epoch is refused, and the client told which one it is', async () => {
  const { room } = useRoom();
  await expect(room.push({ ...hello(), epoch: 2 })).rejects.toMatchObject({
    data: { code: 'TOPIC_EPOCH_CHANGED', epoch: 1 },
  });
});
