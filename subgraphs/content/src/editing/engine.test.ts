import { createInProcessPubSub } from '@civitas/platform/pubsub';
import { createLogger } from '@civitas/platform/telemetry';
import pg from 'pg';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import { useContent } from '../testing/use-content.ts';
import { openEditing, useDatabase } from '../testing/use-editing.ts';
import { compact } from './compact.ts';
import { createDocumentLog } from './document-log.ts';
import { createEditing } from './editing.ts';
import type { EditsEvent } from './edits-event.ts';
import { createRoom, type Room } from './room.ts';

// Long, because all of it needs one database and the same few steps: a room, a reader, an edit and the log behind them.

const content = useContent();

const REWRITE =
  'mutation ($input: UpdateTopicInput!) { updateTopic(input: $input) { __typename } }';

const STORY = /* GraphQL */ `
  query ($id: ID!) {
    topic(id: $id) {
      references { written }
      revisions { edges { node { kind authors { id } } } }
    }
  }
`;

let database: pg.Client;
beforeAll(async () => {
  database = new pg.Client({ connectionString: content.databaseUrl });
  await database.connect();
  return () => database.end();
});

async function newTopic(markdown = '') {
  const author = content.somebody();
  const subjectId = await content.subject(author);
  const { id } = await content.topic(author, subjectId, 'Live', { markdown });
  return { author, subjectId, topicId: id };
}

/** An update that inserts a text at the end of a document. */
function append(doc: Y.Doc, text: string): Uint8Array {
  const before = Y.encodeStateVector(doc);
  doc.getText('content').insert(doc.getText('content').length, text);
  return Y.encodeStateAsUpdate(doc, before);
}

function reader(room: Room, userId: string | null, stateVector: Uint8Array | null = null) {
  const stream = room.subscribe({ userId, clientId: 7, epoch: null, stateVector });
  const doc = new Y.Doc();
  return {
    doc,
    text: () => doc.getText('content').toString(),
    next: async (): Promise<EditsEvent> => {
      const { value } = await stream.next();
      if (!value) throw new Error('The stream has ended.');
      if (value.update) Y.applyUpdate(doc, Buffer.from(value.update, 'base64'));
      return value;
    },
    stream,
  };
}

async function logOf(topicId: string) {
  const { rows } = await database.query(
    'SELECT seq, bytes FROM topic_update WHERE topic_id = $1 ORDER BY seq',
    [topicId],
  );
  return rows;
}

test('twenty first opens at once, on two servers, make the document once', async () => {
  const { author, topicId } = await newTopic('# Bees\n');
  const servers = [openEditing(content.databaseUrl), openEditing(content.databaseUrl)];
  const rooms = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => (servers[n % 2] ?? servers[0])?.hub.open(topicId)),
  );
  for (const room of new Set(rooms)) {
    if (!room) throw new Error('No room.');
    const following = reader(room, author.id);
    await following.next();
    expect(following.text()).toBe('# Bees\n');
  }
  expect(await logOf(topicId)).toHaveLength(1);
});

test('a push is in the log when it is acknowledged, and everybody gets it', async () => {
  const { author, topicId } = await newTopic();
  const room = await openEditing(content.databaseUrl).hub.open(topicId);
  const following = reader(room, null);
  expect(await following.next()).toMatchObject({ seq: 0, stateVector: expect.any(String) });
  const doc = new Y.Doc();
  const push = { userId: author.id, clientId: doc.clientID, epoch: 1, bytes: append(doc, 'Hello') };
  expect(await room.push(push)).toEqual({ epoch: 1, seq: 1, isMissing: false });
  expect(await logOf(topicId)).toMatchObject([{ seq: 1, bytes: Buffer.from(push.bytes) }]);
  expect(await following.next()).toMatchObject({ seq: 1, stateVector: null });
  expect(following.text()).toBe('Hello');
});

test('the same change pushed again, also at once and also its deletions, is one change', async () => {
  const { author, topicId } = await newTopic('abc');
  const room = await openEditing(content.databaseUrl).hub.open(topicId);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(room.state.doc));
  const before = Y.encodeStateVector(doc);
  doc.transact(() => {
    doc.getText('content').delete(1, 1);
    doc.getText('content').insert(0, '>');
  });
  const bytes = Y.encodeStateAsUpdate(doc, before);
  const push = { userId: author.id, clientId: doc.clientID, epoch: 1, bytes };
  const outcomes = await Promise.all([room.push(push), room.push(push), room.push(push)]);
  expect(outcomes.map(({ seq }) => seq)).toEqual([2, 2, 2]);
  expect((await room.push(push)).seq).toBe(2);
  expect(await logOf(topicId)).toHaveLength(2);
  expect(room.state.doc.getText('content').toString()).toBe('>ac');
});

test('a push that builds on something unknown is not stored, and says so', async () => {
  const { author, topicId } = await newTopic();
  const room = await openEditing(content.databaseUrl).hub.open(topicId);
  const doc = new Y.Doc();
  append(doc, 'lost');
  const bytes = append(doc, ' found');
  const push = { userId: author.id, clientId: doc.clientID, epoch: 1, bytes };
  expect(await room.push(push)).toEqual({ epoch: 1, seq: 0, isMissing: true });
  expect(await logOf(topicId)).toEqual([]);
  const whole = { ...push, bytes: Y.encodeStateAsUpdate(doc) };
  expect(await room.push(whole)).toEqual({ epoch: 1, seq: 1, isMissing: false });
  expect(room.state.doc.getText('content').toString()).toBe('lost found');
});

test('many pushes at once share commits, each under a number of its own', async () => {
  const { author, topicId } = await newTopic();
  const room = await openEditing(content.databaseUrl).hub.open(topicId);
  const docs = Array.from({ length: 100 }, () => new Y.Doc());
  const outcomes = await Promise.all(
    docs.map((doc) =>
      room.push({ userId: author.id, clientId: doc.clientID, epoch: 1, bytes: append(doc, 'x') }),
    ),
  );
  expect(outcomes.map(({ seq }) => seq).toSorted((a, b) => a - b)).toEqual(
    docs.map((_, index) => index + 1),
  );
  const { rows } = await database.query(
    'SELECT count(DISTINCT xmin::text)::int AS commits FROM topic_update WHERE topic_id = $1',
    [topicId],
  );
  expect(rows[0].commits).toBeLessThan(10);
  expect(room.state.doc.getText('content').toString()).toBe('x'.repeat(100));
});

test('two servers that write at once give every change its own number and agree', async () => {
  const { author, topicId } = await newTopic('Start.');
  const rooms = await Promise.all(
    [1, 2].map(() => openEditing(content.databaseUrl).hub.open(topicId)),
  );
  const outcomes = await Promise.all(
    Array.from({ length: 60 }, (_, n) => {
      const doc = new Y.Doc();
      const bytes = append(doc, `[${n}]`);
      return (rooms[n % 2] as Room).push({
        ...{ userId: author.id, clientId: doc.clientID, epoch: 1, bytes },
      });
    }),
  );
  expect(new Set(outcomes.map(({ seq }) => seq)).size).toBe(60);
  await Promise.all(rooms.map((room) => room.catchUp()));
  const [one, other] = rooms.map((room) => room.state.doc.getText('content').toString());
  expect(one).toBe(other);
  for (let n = 0; n < 60; n += 1) expect(one).toContain(`[${n}]`);
});

test('what another server tells with a gap before it is read from the database, in order', async () => {
  const { author, topicId } = await newTopic();
  const room = await openEditing(content.databaseUrl).hub.open(topicId);
  const pool = new pg.Pool({ connectionString: content.databaseUrl, max: 1 });
  onTestFinished(() => pool.end());
  const log = createDocumentLog(pool);
  const first = await log.read(topicId, { epoch: 0, seq: 0 });
  if (!first) throw new Error('No document.');
  // It has no heartbeat: all it learns is what it hears.
  const logger = createLogger({ name: 'editing', level: 'silent' });
  const other = createRoom({ topicId, first, log, logger, now: () => new Date(), tell: () => {} });
  const following = reader(other, null);
  await following.next();
  const doc = new Y.Doc();
  const told = [];
  for (const word of ['one ', 'two ', 'three']) {
    const bytes = append(doc, word);
    await room.push({ userId: author.id, clientId: doc.clientID, epoch: 1, bytes });
    told.push(Buffer.from(bytes).toString('base64'));
  }
  other.hear({ kind: 'updates', epoch: 1, from: 2, to: 3, updates: told.slice(2) });
  expect(await following.next()).toMatchObject({ seq: 3 });
  expect(following.text()).toBe('one two three');
  other.hear({ kind: 'updates', epoch: 1, from: 0, to: 1, updates: told.slice(0, 1) });
  expect(other.state).toMatchObject({ seq: 3 });
});

test('a client id belongs to the first who pushes with it', async () => {
  const { author, topicId, subjectId } = await newTopic();
  const room = await openEditing(content.databaseUrl).hub.open(topicId);
  const doc = new Y.Doc();
  const push = { userId: author.id, clientId: doc.clientID, epoch: 1, bytes: append(doc, 'mine') };
  await room.push(push);
  const heir = content.somebody();
  await database.query('UPDATE subject SET author_id = $2 WHERE id = $1', [subjectId, heir.id]);
  await room.catchUp();
  const bytes = append(doc, ' and yours');
  await expect(room.push({ ...push, userId: heir.id, bytes })).rejects.toMatchObject({
    data: { code: 'TOPIC_CLIENT_ID_TAKEN' },
  });
  const later = await openEditing(content.databaseUrl).hub.open(topicId);
  await expect(later.push({ ...push, userId: heir.id, bytes })).rejects.toMatchObject({
    data: { code: 'TOPIC_CLIENT_ID_TAKEN' },
  });
  expect(await logOf(topicId)).toHaveLength(1);
});

test('a reader that does not read costs one state vector and misses nothing', async () => {
  const { author, topicId } = await newTopic();
  const room = await openEditing(content.databaseUrl).hub.open(topicId);
  const slow = reader(room, null);
  await slow.next();
  const quick = reader(room, null);
  await quick.next();
  const doc = new Y.Doc();
  for (let n = 0; n < 20; n += 1) {
    const bytes = append(doc, `${n} `);
    await room.push({ userId: author.id, clientId: doc.clientID, epoch: 1, bytes });
    await quick.next();
  }
  const seen: EditsEvent[] = [];
  while (slow.text() !== quick.text()) seen.push(await slow.next());
  expect(seen.length).toBeLessThanOrEqual(2);
  expect(seen.at(-1)).toMatchObject({ seq: 20, stateVector: expect.any(String) });
});

test('the snapshot takes the place of the log, and the text goes into the topic', async () => {
  const { author, topicId, subjectId } = await newTopic('Bees');
  const editing = openEditing(content.databaseUrl);
  const room = await editing.hub.open(topicId);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(room.state.doc));
  const bytes = append(doc, ' 🐝 and [[wasps]]');
  await room.push({ userId: author.id, clientId: doc.clientID, epoch: 1, bytes });
  await expect.poll(() => logOf(topicId), { timeout: 8000 }).toEqual([]);
  const { rows } = await database.query(
    `SELECT markdown, octet_length(markdown) AS bytes, markdown_bytes, snapshot_seq, markdown_seq
     FROM topic JOIN subject ON subject.id = subject_id JOIN topic_document ON topic_id = topic.id
     WHERE subject.id = $1`,
    [subjectId],
  );
  expect(rows).toEqual([
    {
      ...{ markdown: 'Bees 🐝 and [[wasps]]', bytes: 23, markdown_bytes: 23 },
      ...{ snapshot_seq: 2, markdown_seq: 2 },
    },
  ]);
  const later = reader(await openEditing(content.databaseUrl).hub.open(topicId), author.id);
  expect((await later.next()).seq).toBe(2);
  expect(later.text()).toBe('Bees 🐝 and [[wasps]]');
  // What was written live is part of its history, and of what links where.
  const { topic } = await content.as(author).run(STORY, { id: topicId });
  expect(topic).toEqual({
    references: [{ written: 'wasps' }],
    revisions: {
      edges: [
        { node: { kind: 'EDITED', authors: [{ id: author.id }] } },
        { node: { kind: 'ORIGINAL', authors: [{ id: author.id }] } },
      ],
    },
  });
});

test('who compacts late puts neither an older text nor an older snapshot in the place of a newer one', async () => {
  const { author, topicId } = await newTopic('Bees');
  const room = await openEditing(content.databaseUrl).hub.open(topicId);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(room.state.doc));
  const bytes = append(doc, ' sting');
  await room.push({ userId: author.id, clientId: doc.clientID, epoch: 1, bytes });
  // As a server has it that hears nothing of what comes next.
  const late = { epoch: 1, seq: 2, doc };
  const input = { topicId, markdown: 'Wasps sting' };
  await content.as(author).run(REWRITE, { input });
  const db = useDatabase(content.databaseUrl);
  const stored = async () => {
    const { rows } = await database.query(
      `SELECT markdown, snapshot_seq, markdown_seq FROM topic
       JOIN topic_document ON topic_id = topic.id WHERE topic.id = $1`,
      [topicId],
    );
    return rows[0];
  };
  expect(await compact(db, topicId, late, new Date())).toMatchObject({ seq: 2 });
  const newest = { markdown: 'Wasps sting', markdown_seq: 3 };
  expect(await stored()).toEqual({ ...newest, snapshot_seq: 2 });
  await room.catchUp();
  expect(await compact(db, topicId, room.state, new Date())).toMatchObject({ seq: 3 });
  expect(await compact(db, topicId, late, new Date())).toBeNull();
  expect(await compact(db, topicId, { ...late, epoch: 2, seq: 9 }, new Date())).toBeNull();
  expect(await stored()).toEqual({ ...newest, snapshot_seq: 3 });
  const later = reader(await openEditing(content.databaseUrl).hub.open(topicId), author.id);
  await later.next();
  expect(later.text()).toBe('Wasps sting');
});

test('presence is told in the name of its user, and taken back when the client leaves', async () => {
  const { author, topicId } = await newTopic();
  const room = await openEditing(content.databaseUrl).hub.open(topicId);
  const following = reader(room, null);
  await following.next();
  const editor = reader(room, author.id);
  await editor.next();
  room.setPresence(7, author.id, '{"cursor":3}');
  expect((await following.next()).presence).toMatchObject([
    { clientId: 7, userId: author.id, state: '{"cursor":3}' },
  ]);
  expect(() => room.setPresence(7, content.somebody().id, '{}')).toThrow(
    expect.objectContaining({ data: expect.objectContaining({ code: 'TOPIC_CLIENT_ID_TAKEN' }) }),
  );
  await editor.stream.return?.();
  expect((await following.next()).presence).toMatchObject([{ clientId: 7, state: null }]);
});

test('who loses the right to see a topic is told so within seconds, and gets nothing more', async () => {
  const { author, topicId, subjectId } = await newTopic('Open');
  const room = await openEditing(content.databaseUrl).hub.open(topicId);
  const stranger = reader(room, content.somebody().id);
  const editor = reader(room, author.id);
  await Promise.all([stranger.next(), editor.next()]);
  await database.query("UPDATE subject SET visibility = 'PRIVATE' WHERE id = $1", [subjectId]);
  expect(await stranger.next()).toMatchObject({ ended: 'ACCESS_LOST', update: null });
  expect(await stranger.stream.next()).toEqual({ done: true, value: undefined });
  const heir = content.somebody();
  await database.query('UPDATE subject SET author_id = $2 WHERE id = $1', [subjectId, heir.id]);
  expect(await editor.next()).toMatchObject({ ended: 'ACCESS_LOST' });
  const doc = new Y.Doc();
  const push = { userId: author.id, clientId: doc.clientID, epoch: 1, bytes: append(doc, 'no') };
  await expect(room.push(push)).rejects.toMatchObject({ data: { code: 'TOPIC_NOT_FOUND' } });
  expect((await room.push({ ...push, userId: heir.id })).seq).toBe(2);
});

test('in a full subject the log has what the Markdown has no room for, until there is some', async () => {
  const { author, topicId, subjectId } = await newTopic('Bees');
  // Three bytes a letter: 4,194,304 in all.
  const fillers = [];
  for (const length of [250_000, 250_000, 250_000, 250_000, 250_000, 148_098]) {
    const markdown = 'ह'.repeat(length);
    fillers.push(await content.topic(author, subjectId, 'Full', { markdown }));
  }
  const room = await openEditing(content.databaseUrl).hub.open(topicId);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(room.state.doc));
  const write = (text: string) =>
    room.push({
      ...{ userId: author.id, clientId: doc.clientID, epoch: 1, bytes: append(doc, text) },
    });
  const db = useDatabase(content.databaseUrl);
  const stored = async () => {
    const { rows } = await database.query(
      `SELECT markdown, snapshot_seq, markdown_seq FROM topic
       JOIN topic_document ON topic_id = topic.id WHERE topic.id = $1`,
      [topicId],
    );
    return rows[0];
  };
  await write(' and many wasps');
  const kept = await compact(db, topicId, room.state, new Date());
  expect(kept).toEqual({ seq: 2, isMarkdownKept: false });
  expect(await stored()).toEqual({ markdown: 'Bees', snapshot_seq: 2, markdown_seq: 1 });
  const input = { topicId: fillers[0]?.id, markdown: '' };
  await content.as(author).run(REWRITE, { input });
  await write('.');
  expect(await compact(db, topicId, room.state, new Date())).toMatchObject({
    isMarkdownKept: true,
  });
  expect(await stored()).toMatchObject({ markdown: 'Bees and many wasps.', markdown_seq: 3 });
});

test('a busy document is merged at 500 updates and at 256 KiB, and is forgotten when nobody has it open', async () => {
  const { author, topicId } = await newTopic();
  let nowMs = Date.now();
  const { hub } = openEditing(content.databaseUrl, undefined, () => new Date(nowMs));
  const room = await hub.open(topicId);
  const write = (text: string) => {
    const doc = new Y.Doc();
    const bytes = append(doc, text);
    return room.push({ userId: author.id, clientId: doc.clientID, epoch: 1, bytes });
  };
  const snapshotSeq = () => room.state.snapshotSeq;
  await Promise.all(Array.from({ length: 500 }, () => write('x')));
  await expect.poll(snapshotSeq, { timeout: 5_000 }).toBe(500);
  // Its clock stands: it has never been at rest, and was merged just now.
  for (let n = 0; n < 3; n += 1) await write('ह'.repeat(27_000));
  await write('y'.repeat(9_000));
  expect(snapshotSeq()).toBe(500);
  await write('z'.repeat(14_000));
  await expect.poll(snapshotSeq, { timeout: 5_000 }).toBe(505);
  nowMs += 31_000;
  await expect.poll(() => hub.isOpen(topicId), { timeout: 5_000 }).toBe(false);
});

test('a server that stops stores what waits, puts the text into the topic, and says why streams end', async () => {
  const { author, topicId } = await newTopic();
  const log = createLogger({ name: 'editing', level: 'silent' });
  const pubsub = createInProcessPubSub({ log });
  const now = () => new Date();
  const { hub } = createEditing({ db: useDatabase(content.databaseUrl), pubsub, log, now });
  const room = await hub.open(topicId);
  const following = reader(room, null);
  await following.next();
  const doc = new Y.Doc();
  const push = { userId: author.id, clientId: doc.clientID, epoch: 1, bytes: append(doc, 'Last.') };
  const pushed = room.push(push);
  await hub.stop();
  expect(await pushed).toMatchObject({ seq: 1 });
  expect(await following.next()).toMatchObject({ ended: 'SERVER_STOPPING' });
  expect(await logOf(topicId)).toEqual([]);
  const { topic } = await content
    .as(author)
    .run('query ($id: ID!) { topic(id: $id) { markdown } }', {
      id: topicId,
    });
  expect(topic).toEqual({ markdown: 'Last.' });
});
