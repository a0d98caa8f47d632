import { randomUUID } from 'node:crypto';
import {
  isStream,
  subscribeOnSubgraph,
  type UserViewer,
  type Viewer,
} from '@civitas/platform/subgraph';
import pg from 'pg';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import { useContent } from '../testing/use-content.ts';

const content = useContent();

const PUSH = /* GraphQL */ `
  mutation ($input: PushTopicUpdateInput!) {
    pushTopicUpdate(input: $input) {
      __typename
      ... on PushTopicUpdateSuccess { seq missing }
      ... on UserError { code }
      ... on TopicUpdateTooLarge { maxBytes }
      ... on TopicPushedTooOften { retryAfterMs }
    }
  }
`;
const EDITS = /* GraphQL */ `
  subscription ($topicId: ID!, $clientId: Float!, $stateVector: Base64) {
    topicEdits(topicId: $topicId, clientId: $clientId, stateVector: $stateVector) {
      epoch seq update stateVector ended
      presence { clientId state by { id } }
    }
  }
`;
const UPDATE = /* GraphQL */ `
  mutation ($input: UpdateTopicInput!) {
    updateTopic(input: $input) { __typename ... on UpdateTopicSuccess { topic { markdown } } }
  }
`;

let database: pg.Client;
beforeAll(async () => {
  database = new pg.Client({ connectionString: content.databaseUrl });
  await database.connect();
  return () => database.end();
});

async function newTopic({ markdown = '', visibility = 'PUBLIC' } = {}) {
  const author = content.somebody();
  const subjectId = await content.subject(author, { visibility });
  const { id: topicId } = await content.topic(author, subjectId, 'Live', { markdown });
  return { author, subjectId, topicId };
}

async function storedUpdates(topicId: string): Promise<number> {
  const { rows } = await database.query(
    'SELECT count(*)::int AS n FROM topic_update WHERE topic_id = $1',
    [topicId],
  );
  return rows[0].n;
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

function written(change: (doc: Y.Doc) => void): { doc: Y.Doc; update: Uint8Array } {
  const doc = new Y.Doc();
  change(doc);
  return { doc, update: Y.encodeStateAsUpdate(doc) };
}

function push(viewer: UserViewer, topicId: string, doc: Y.Doc, more: Record<string, unknown>) {
  const input = { topicId, epoch: 1, clientId: doc.clientID, ...more };
  return content
    .as(viewer)
    .run(PUSH, { input })
    .then(({ pushTopicUpdate }) => pushTopicUpdate);
}

function open(viewer: Viewer, topicId: string, more: Record<string, unknown> = {}) {
  const left = new AbortController();
  onTestFinished(() => left.abort());
  return subscribeOnSubgraph(
    content.subgraph,
    { query: EDITS, variables: { topicId, clientId: 5, ...more } },
    { viewer, requestId: randomUUID(), signal: left.signal },
  );
}

async function codesOfFollowing(
  viewer: Viewer,
  topicId: string,
  more: Record<string, unknown> = {},
): Promise<unknown[]> {
  const answer = await open(viewer, topicId, more);
  if (isStream(answer)) throw new Error('It can be followed.');
  return (answer.errors ?? []).map(({ extensions }) => extensions?.['code']);
}

async function follow(viewer: Viewer, topicId: string) {
  const stream = await open(viewer, topicId);
  if (!isStream(stream)) throw new Error(JSON.stringify(stream.errors));
  const doc = new Y.Doc();
  const next = async () => {
    const { value } = await stream.next();
    const event = value?.data?.topicEdits;
    if (event?.update) Y.applyUpdate(doc, Buffer.from(event.update, 'base64'));
    return event;
  };
  return { next, doc, text: () => doc.getText('content').toString() };
}

const { doc: someDoc, update: someUpdate } = written((doc) =>
  doc.getText('content').insert(0, 'Hi'),
);
const fresh = () => written((doc) => doc.getText('content').insert(0, 'Hi')).doc;

test.each([
  ['bytes that are no update', 'TOPIC_UPDATE_MALFORMED', new Uint8Array([1, 2, 3, 4, 5, 6, 7])],
  ['no bytes', 'TOPIC_UPDATE_MALFORMED', new Uint8Array()],
  ['bytes behind an update', 'TOPIC_UPDATE_MALFORMED', Buffer.concat([someUpdate, Buffer.of(0)])],
  ['the second encoding', 'TOPIC_UPDATE_MALFORMED', Y.encodeStateAsUpdateV2(someDoc)],
  [
    'another root',
    'TOPIC_UPDATE_MALFORMED',
    written((doc) => doc.getText('other').insert(0, 'x')).update,
  ],
  [
    'a map in the root',
    'TOPIC_UPDATE_MALFORMED',
    written((doc) => doc.getMap('content').set('a', 1)).update,
  ],
  [
    'formatted text',
    'TOPIC_UPDATE_MALFORMED',
    written((doc) => doc.getText('content').insert(0, 'x', { bold: true })).update,
  ],
  [
    'an embed',
    'TOPIC_UPDATE_MALFORMED',
    written((doc) => doc.getText('content').insertEmbed(0, { image: 1 })).update,
  ],
  [
    'a carriage return',
    'TOPIC_UPDATE_MALFORMED',
    written((doc) => doc.getText('content').insert(0, 'a\r\nb')).update,
  ],
  [
    'a NUL',
    'TOPIC_UPDATE_MALFORMED',
    written((doc) => doc.getText('content').insert(0, '\0')).update,
  ],
  [
    'more than 1 MiB',
    'TOPIC_UPDATE_TOO_LARGE',
    written((doc) => doc.getText('content').insert(0, 'x'.repeat(2 ** 20))).update,
  ],
  [
    'more than 250,000 characters',
    'TOPIC_TEXT_TOO_LONG',
    written((doc) => doc.getText('content').insert(0, 'x'.repeat(250_001))).update,
  ],
])('%s is refused with a code and never stored', async (_, code, update) => {
  const { author, topicId } = await newTopic();
  expect(await push(author, topicId, fresh(), { update: base64(update) })).toMatchObject({ code });
  expect(await storedUpdates(topicId)).toBe(0);
});

test('what is not base64 or no client id is refused before anything else', async () => {
  const { author, topicId } = await newTopic();
  const input = { topicId, epoch: 1, clientId: 1, update: 'not base64!' };
  expect(await content.as(author).codes(PUSH, { input })).toEqual(['BAD_USER_INPUT']);
  for (const clientId of [-1, 1.5, 2 ** 32]) {
    const result = await push(author, topicId, fresh(), { clientId, update: base64(someUpdate) });
    expect(result).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await codesOfFollowing(author, topicId, { clientId })).toEqual(['BAD_USER_INPUT']);
  }
  const noVector = { stateVector: base64(Uint8Array.of(5, 1)) };
  expect(await codesOfFollowing(author, topicId, noVector)).toEqual(['BAD_USER_INPUT']);
});

test('large updates pass a few times only, as after a time offline', async () => {
  const { author, topicId } = await newTopic();
  const doc = new Y.Doc();
  const results = [];
  for (let n = 0; n < 4; n += 1) {
    const before = Y.encodeStateVector(doc);
    doc.getText('content').delete(0, doc.getText('content').length);
    doc.getText('content').insert(0, 'x'.repeat(70_000));
    const update = base64(Y.encodeStateAsUpdate(doc, before));
    results.push((await push(author, topicId, doc, { update })).__typename);
  }
  const beyond = base64(new Uint8Array(1024 * 1024 + 1));
  expect(await push(author, topicId, fresh(), { update: beyond })).toMatchObject({
    code: 'TOPIC_UPDATE_TOO_LARGE',
  });
  const accepted = Array(3).fill('PushTopicUpdateSuccess');
  expect(results).toEqual([...accepted, 'TopicUpdateTooLarge']);
});

test('presence must be a small JSON object', async () => {
  const { author, topicId } = await newTopic();
  const tell = (awareness: string) => push(author, topicId, fresh(), { awareness });
  expect(await tell(JSON.stringify({ a: 'x'.repeat(1020) }))).toMatchObject({
    code: 'TOPIC_AWARENESS_TOO_LARGE',
  });
  for (const text of ['', '[]', '1', '{']) {
    expect(await tell(text)).toMatchObject({ code: 'TOPIC_AWARENESS_MALFORMED' });
  }
  expect(await tell('{}')).toMatchObject({ __typename: 'PushTopicUpdateSuccess' });
});

test('a client that pushes too fast is told how long to wait', async () => {
  const { author, topicId } = await newTopic();
  const doc = fresh();
  const results = await Promise.all(
    Array.from({ length: 120 }, () => push(author, topicId, doc, { update: base64(someUpdate) })),
  );
  const tooOften = results.filter(({ __typename }) => __typename !== 'PushTopicUpdateSuccess');
  expect(tooOften.length).toBeGreaterThan(5);
  expect(tooOften[0]).toEqual({
    ...{ __typename: 'TopicPushedTooOften', code: 'TOPIC_PUSHED_TOO_OFTEN' },
    retryAfterMs: expect.any(Number),
  });
});

test('only the author edits; readers of a public subject follow, of a private one nobody else', async () => {
  const [stranger, open] = [content.somebody(), await newTopic({ markdown: 'Open' })];
  const update = base64(someUpdate);
  const input = { topicId: open.topicId, epoch: 1, clientId: someDoc.clientID, update };
  expect(await content.as(stranger).codes(PUSH, { input })).toEqual(['FORBIDDEN']);
  expect(await content.as().codes(PUSH, { input })).toEqual(['UNAUTHENTICATED']);
  const { rows } = await database.query('SELECT FROM topic_document WHERE topic_id = $1', [
    open.topicId,
  ]);
  expect(rows).toEqual([]);
  const reader = await follow({ type: 'anonymous' }, open.topicId);
  await reader.next();
  expect(reader.text()).toBe('Open');
  const secret = await newTopic({ visibility: 'PRIVATE' });
  expect(await push(stranger, secret.topicId, fresh(), { update })).toMatchObject({
    code: 'TOPIC_NOT_FOUND',
  });
  expect(await codesOfFollowing(stranger, secret.topicId)).toEqual(['NOT_FOUND']);
  expect(await codesOfFollowing(stranger, 'top_nonsense')).toEqual(['MALFORMED_ID']);
  expect(await (await follow(secret.author, secret.topicId)).next()).toMatchObject({ seq: 0 });
});

test('an edit, its author and the cursor reach everybody who follows', async () => {
  const { author, topicId } = await newTopic();
  const reader = await follow({ type: 'anonymous' }, topicId);
  expect(await reader.next()).toMatchObject({ epoch: 1, seq: 0, ended: null, presence: [] });
  const { doc, update } = written((each) => each.getText('content').insert(0, 'Hello'));
  const pushed = {
    update: base64(update),
    awareness: '{"cursor":5,"user":{"id":"somebody else"}}',
  };
  expect(await push(author, topicId, doc, pushed)).toMatchObject({ seq: 1, missing: null });
  const presence = [];
  while (reader.text() !== 'Hello') presence.push(...(await reader.next()).presence);
  expect(presence).toMatchObject([{ clientId: doc.clientID, by: { id: author.id } }]);
});

test('a push with a gap is told what the server has, and is stored with what was missing', async () => {
  const { author, topicId } = await newTopic({ markdown: 'Bees.' });
  const { doc } = written((each) => each.getText('content').insert(0, 'lost '));
  const before = Y.encodeStateVector(doc);
  doc.getText('content').insert(5, 'found ');
  const update = base64(Y.encodeStateAsUpdate(doc, before));
  const { missing, seq } = await push(author, topicId, doc, { update });
  expect({ seq, stored: await storedUpdates(topicId) }).toEqual({ seq: 1, stored: 1 });
  const whole = base64(Y.encodeStateAsUpdate(doc, Buffer.from(missing, 'base64')));
  expect(await push(author, topicId, doc, { update: whole })).toEqual({
    ...{ __typename: 'PushTopicUpdateSuccess', seq: 2, missing: null },
  });
  const reader = await follow(author, topicId);
  await reader.next();
  expect(reader.text()).toMatch(/^(Bees\.lost found |lost found Bees\.)$/);
});

test('a new text by the API becomes differences: cursors stay, and what others wrote meanwhile too', async () => {
  const { author, topicId } = await newTopic({ markdown: 'Bees make honey. 🐝' });
  const reader = await follow(author, topicId);
  await reader.next();
  const doc = reader.doc;
  const text = doc.getText('content');
  const cursor = Y.createRelativePositionFromTypeIndex(text, text.toString().indexOf('honey'));
  const input = { topicId, markdown: 'All wild bees make honey. 🐞' };
  expect((await content.as(author).run(UPDATE, { input })).updateTopic.topic).toEqual({
    markdown: 'All wild bees make honey. 🐞',
  });
  await reader.next();
  expect(reader.text()).toBe('All wild bees make honey. 🐞');
  const at = Y.createAbsolutePositionFromRelativePosition(cursor, doc)?.index;
  expect(text.toString().slice(at)).toBe('honey. 🐞');
  const before = Y.encodeStateVector(doc);
  text.insert(text.length, ' Sweet.');
  const update = base64(Y.encodeStateAsUpdate(doc, before));
  expect(await push(author, topicId, doc, { update })).toMatchObject({ seq: 3 });
});
