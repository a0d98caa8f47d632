import { createInProcessPubSub, type PubSub } from '@civitas/platform/pubsub';
import { createLogger } from '@civitas/platform/telemetry';
import { expect, onTestFinished, test, vi } from 'vitest';
import * as Y from 'yjs';
import { useContent } from '../testing/use-content.ts';
import { openEditing } from '../testing/use-editing.ts';
import type { EditsEvent } from './edits-event.ts';
import type { Presence } from './presence.ts';
import type { Room } from './room.ts';

// Several servers of one document, and what they know of each other: by a broker, or without one.

const content = useContent();

async function newTopic(markdown = '') {
  const author = content.somebody();
  const subjectId = await content.subject(author);
  const { id } = await content.topic(author, subjectId, 'Live', { markdown });
  return { author, topicId: id };
}

const broker = () =>
  createInProcessPubSub({ log: createLogger({ name: 'editing', level: 'silent' }) });

const openOn = (topicId: string, pubsub?: PubSub) =>
  openEditing(content.databaseUrl, pubsub).hub.open(topicId);

function follow(room: Room, clientId: number, userId: string | null = null) {
  const stream = room.subscribe({ userId, clientId, epoch: null, stateVector: null });
  const next = async (): Promise<EditsEvent> => {
    const { value } = await stream.next();
    if (!value) throw new Error('The stream has ended.');
    return value;
  };
  /** Who has come and gone, up to a first event that says so. */
  const presence = async (): Promise<readonly Presence[]> => {
    for (;;) {
      const event = await next();
      if (event.presence.length > 0) return event.presence;
    }
  };
  return { next, presence, leave: () => stream.return?.() };
}

function written(text: string) {
  const doc = new Y.Doc();
  doc.getText('content').insert(0, text);
  return { clientId: doc.clientID, epoch: 1, bytes: Y.encodeStateAsUpdate(doc) };
}

/** So that nothing is learned by looking: only what was told counts. */
function withoutHeartbeat(): void {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
}

test('without a broker a server finds out by itself: of edits, of a purge, of an archived topic', async () => {
  const { author, topicId } = await newTopic('Bees.');
  const away: PubSub = {
    publish: () => Promise.reject(new Error('away')),
    subscribe: () => Promise.reject(new Error('away')),
    close: async () => undefined,
  };
  const [here, there] = await Promise.all([openOn(topicId, away), openOn(topicId, away)]);
  const reader = follow(there, 1);
  await reader.next();
  expect(await here.push({ userId: author.id, ...written('Wild. ') })).toMatchObject({ seq: 2 });
  expect(await reader.next()).toMatchObject({ seq: 2, update: expect.any(String) });
  const change = (mutation: string) =>
    content
      .as(author)
      .run(`mutation ($id: ID!) { ${mutation}(input: { topicId: $id }) { __typename } }`, {
        id: topicId,
      });
  await change('purgeTopicHistory');
  expect(await reader.next()).toMatchObject({ epoch: 2, seq: 1, stateVector: expect.any(String) });
  await change('archiveTopic');
  expect(await reader.next()).toMatchObject({ ended: 'TOPIC_GONE' });
});

test('who opens a topic on another server sees who is there, and who comes and goes', async () => {
  withoutHeartbeat();
  const { author, topicId } = await newTopic();
  const pubsub = broker();
  const here = await openOn(topicId, pubsub);
  follow(here, 1, author.id);
  here.setPresence(1, author.id, '{"cursor":1}');
  const there = await openOn(topicId, pubsub);
  const reader = follow(there, 9);
  const cursor = { clientId: 1, userId: author.id, state: '{"cursor":1}' };
  expect(await reader.presence()).toMatchObject([cursor]);
  const editor = follow(here, 2, author.id);
  here.setPresence(2, author.id, '{"cursor":2}');
  expect(await reader.presence()).toMatchObject([{ clientId: 2, state: '{"cursor":2}' }]);
  await editor.next();
  await editor.leave();
  expect(await reader.presence()).toMatchObject([{ clientId: 2, state: null }]);
});

test('what is told while a document is being opened counts; of one client the newest', async () => {
  withoutHeartbeat();
  const { author, topicId } = await newTopic();
  const pubsub = broker();
  const at = (clock: number) => ({
    clientId: 1,
    userId: author.id,
    clock,
    state: `{"at":${clock}}`,
  });
  const told = (clock: number) => ({ kind: 'presence', presence: [at(clock)] });
  let tell: (message: unknown) => void = () => undefined;
  const room = await openOn(topicId, {
    ...pubsub,
    subscribe: async (channel, onMessage, options) => {
      const stop = await pubsub.subscribe(channel, onMessage, options);
      tell = (message) => onMessage({ origin: 'another server', message });
      tell(told(5));
      return stop;
    },
  });
  const reader = follow(room, 9);
  expect(await reader.presence()).toEqual([at(5)]);
  tell(told(4));
  const other = { ...at(1), clientId: 2 };
  tell({ kind: 'presence', presence: [other] });
  expect(await reader.presence()).toEqual([other]);
  tell(told(6));
  expect(await reader.presence()).toEqual([at(6)]);
});

test('when messages may have been missed the database is asked at once', async () => {
  withoutHeartbeat();
  const { author, topicId } = await newTopic();
  const pubsub = broker();
  let onGap: (() => void) | undefined;
  const deaf: PubSub = {
    ...pubsub,
    subscribe: async (_, __, options) => {
      onGap = options?.onGap;
      return async () => undefined;
    },
  };
  const [here, there] = await Promise.all([openOn(topicId), openOn(topicId, deaf)]);
  const reader = follow(there, 1);
  await reader.next();
  await here.push({ userId: author.id, ...written('Bees.') });
  onGap?.();
  expect(await reader.next()).toMatchObject({ seq: 1, update: expect.any(String) });
});
