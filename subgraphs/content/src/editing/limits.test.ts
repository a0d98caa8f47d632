import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { useContent } from '../testing/use-content.ts';
import { openEditing } from '../testing/use-editing.ts';
import type { EditsEvent } from './edits-event.ts';
import { createPaces } from './pace.ts';
import type { Room } from './room.ts';

const content = useContent();

async function openRoom({ markdown = '', now }: { markdown?: string; now?: () => Date } = {}) {
  const author = content.somebody();
  const subjectId = await content.subject(author);
  const { id: topicId } = await content.topic(author, subjectId, 'Live', { markdown });
  const room = await openEditing(content.databaseUrl, undefined, now).hub.open(topicId);
  const push = (doc: Y.Doc, bytes: Uint8Array) =>
    room.push({ userId: author.id, clientId: doc.clientID, epoch: 1, bytes });
  return { author, room, push };
}

function open(room: Room, userId: string | null, clientId: number) {
  const stream = room.subscribe({ userId, clientId, epoch: null, stateVector: null });
  const leave = () => stream.return?.();
  const next = async (): Promise<EditsEvent | undefined> => (await stream.next()).value;
  return { leave, next };
}

function written(change: (text: Y.Text) => void, doc = new Y.Doc()) {
  const before = Y.encodeStateVector(doc);
  doc.transact(() => change(doc.getText('content')));
  return { doc, update: Y.encodeStateAsUpdate(doc, before) };
}

test('a hundred editors have a topic open; the next one is told, and comes in when one leaves', async () => {
  const { author, room } = await openRoom();
  const editors = Array.from({ length: 100 }, (_, n) => open(room, author.id, n + 1));
  expect(await editors[99]?.next()).toMatchObject({ ended: null });
  const next = open(room, author.id, 101);
  expect(await next.next()).toMatchObject({ ended: 'TOO_MANY_EDITORS', update: null });
  expect(await next.next()).toBeUndefined();
  await editors[0]?.leave();
  expect(await open(room, author.id, 101).next()).toMatchObject({ ended: null });
});

test('a thousand readers follow a topic; the next one is told, and editors still come in', async () => {
  const { author, room } = await openRoom();
  for (let n = 0; n < 1_000; n += 1) open(room, null, n + 1);
  expect(await open(room, null, 1_001).next()).toMatchObject({ ended: 'TOO_MANY_VIEWERS' });
  expect(await open(room, author.id, 1_002).next()).toMatchObject({ ended: null });
});

test('a text has at most 250,000 characters, and what takes away as much as it adds still fits', async () => {
  const { room, push } = await openRoom();
  const { doc, update } = written((text) => text.insert(0, 'a'.repeat(250_000)));
  expect(await push(doc, update)).toMatchObject({ seq: 1 });
  const longer = written((text) => text.insert(0, 'b'), doc);
  await expect(push(doc, longer.update)).rejects.toMatchObject({
    data: { code: 'TOPIC_TEXT_TOO_LONG' },
  });
  const mended = written((text) => text.delete(5, 1), doc);
  const both = Y.mergeUpdates([longer.update, mended.update]);
  expect(await push(doc, both)).toMatchObject({ seq: 2, isMissing: false });
  expect(room.state.doc.getText('content').length).toBe(250_000);
});

test('a state has at most 1.5 MB, however short its text', async () => {
  const { room, push } = await openRoom();
  const { doc, update } = written((text) => {
    for (let n = 0; n < 155_000; n += 1) text.insert(0, 'a');
  });
  expect(update.length).toBeGreaterThan(1_500_000);
  await expect(push(doc, update)).rejects.toMatchObject({
    data: { code: 'TOPIC_STATE_TOO_LARGE' },
  });
  expect(room.state).toMatchObject({ seq: 0, logBytes: 0 });
});

test('a client pushes eighty times at once, then forty times a second', () => {
  const { pushes } = createPaces()('topic client');
  const passing = (atMs: number, count: number) =>
    Array.from({ length: count }, () => pushes.take(atMs)).filter((waitMs) => waitMs === 0).length;
  expect(passing(0, 100)).toBe(80);
  expect(pushes.take(0)).toBe(25);
  expect(passing(1_000, 100)).toBe(40);
  expect(passing(60_000, 100)).toBe(80);
});

test('who is silent for 32 seconds is shown as gone, who repeats it stays', async () => {
  let nowMs = Date.now();
  const { author, room } = await openRoom({ now: () => new Date(nowMs) });
  const other = open(room, null, 9);
  await other.next();
  const head = () => {
    const { epoch, seq, access } = room.state;
    return { topicId: room.topicId, epoch, seq, access };
  };
  const here = () => other.next().then((event) => event?.presence);
  room.setPresence(1, author.id, '{}');
  room.setPresence(2, author.id, '{}');
  expect(await here()).toMatchObject([{ clientId: 1 }, { clientId: 2 }]);
  nowMs += 15_000;
  room.setPresence(2, author.id, '{"cursor":1}');
  expect(await here()).toMatchObject([{ clientId: 2 }]);
  nowMs += 18_000;
  room.observe(head());
  expect(await here()).toMatchObject([{ clientId: 1, state: null }]);
  expect(await open(room, null, 10).next()).toMatchObject({ presence: [{ clientId: 2 }] });
});

const QUIZ = '```quiz\nCapital?\n= Oslo\n```\n';

test('a text that asks questions is followed by its editors alone, from the change on that makes it ask', async () => {
  const { author, room, push } = await openRoom({ markdown: 'Norway.' });
  const reader = open(room, null, 1);
  const late = open(room, null, 2);
  const editor = open(room, author.id, 3);
  expect(await reader.next()).toMatchObject({ ended: null });
  await editor.next();
  const { doc, update } = written((text) => text.insert(0, QUIZ));
  const seen = reader.next();
  await push(doc, update);
  // It has not read at all yet: what it would get is the whole text.
  expect(await late.next()).toMatchObject({ ended: 'EDITORS_ONLY', update: null });
  expect(await seen).toMatchObject({ ended: 'EDITORS_ONLY', update: null });
  expect(await editor.next()).toMatchObject({ ended: null, update: expect.any(String) });
  expect(await open(room, null, 4).next()).toMatchObject({ ended: 'EDITORS_ONLY', update: null });
  const changed = written((text) => text.delete(0, QUIZ.length), doc);
  await push(doc, changed.update);
  const again = await open(room, null, 5).next();
  expect(Buffer.from(again?.update ?? '', 'base64').toString('latin1')).not.toContain('Oslo');
  expect(again).toMatchObject({ ended: null });
});
