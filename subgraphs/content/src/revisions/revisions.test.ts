import { randomUUID } from 'node:crypto';
import { isStream, subscribeOnSubgraph, type UserViewer } from '@civitas/platform/subgraph';
import { cpuMsOf } from '@civitas/testkit/cpu-time';
import { expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import { useContent } from '../testing/use-content.ts';
import { diffTexts } from './diff-texts.ts';

const content = useContent();

const UPDATE = /* GraphQL */ `
  mutation ($input: UpdateTopicInput!) { updateTopic(input: $input) { __typename } }
`;
const SAVE = /* GraphQL */ `
  mutation ($input: SaveTopicRevisionInput!) {
    saveTopicRevision(input: $input) {
      ... on SaveTopicRevisionSuccess { revision { id number name markdown } }
      ... on UserError { code }
    }
  }
`;
const RESTORE = /* GraphQL */ `
  mutation ($input: RestoreTopicRevisionInput!) {
    restoreTopicRevision(input: $input) {
      ... on RestoreTopicRevisionSuccess { topic { markdown } }
      ... on UserError { code }
    }
  }
`;
const LIST = /* GraphQL */ `
  query ($id: ID!, $first: Int! = 20, $after: String) {
    topic(id: $id) {
      revisions(first: $first, after: $after) {
        edges { node { id number kind name markdown authors { id } } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`;
const CHANGES = /* GraphQL */ `
  query ($id: ID!, $sinceId: ID) {
    topicRevision(id: $id) {
      changes(sinceId: $sinceId) { addedLines removedLines hunks { newStart lines { kind text } } }
    }
  }
`;
const PUSH = /* GraphQL */ `
  mutation ($input: PushTopicUpdateInput!) { pushTopicUpdate(input: $input) { __typename } }
`;
const EDITS = /* GraphQL */ `
  subscription ($topicId: ID!) { topicEdits(topicId: $topicId, clientId: 5) { update } }
`;

async function newTopic(markdown: string, visibility = 'PUBLIC') {
  const author = content.somebody();
  const subjectId = await content.subject(author, { visibility });
  const { id: topicId } = await content.topic(author, subjectId, 'A', { markdown });
  const write = (text: string) =>
    content.as(author).run(UPDATE, { input: { topicId, markdown: text } });
  const list = async (viewer?: UserViewer) => {
    const { topic } = await content.as(viewer ?? author).run(LIST, { id: topicId });
    return topic.revisions.edges.map(({ node }: { node: unknown }) => node);
  };
  const save = async (name: string, viewer = author) =>
    (await content.as(viewer).run(SAVE, { input: { topicId, name } })).saveTopicRevision;
  return { author, topicId, write, list, save };
}

test('each named save and each restoring is a revision, with the original first', async () => {
  const { author, topicId, write, list, save } = await newTopic('one\n');
  expect(await list()).toEqual([]);
  await write('one\ntwo\n');
  await write('one\ntwo\nthree\n');
  expect((await save('Draft')).revision).toMatchObject({ number: 3, name: 'Draft' });
  expect(await list()).toMatchObject([
    { number: 3, kind: 'NAMED', markdown: 'one\ntwo\nthree\n', authors: [{ id: author.id }] },
    { number: 2, kind: 'EDITED', markdown: 'one\ntwo\nthree\n' },
    { number: 1, kind: 'ORIGINAL', markdown: 'one\n' },
  ]);
  const [, , original] = await list();
  const restored = await content.as(author).run(RESTORE, { input: { revisionId: original.id } });
  expect(restored.restoreTopicRevision).toEqual({ topic: { markdown: 'one\n' } });
  expect(await list()).toMatchObject([{ number: 4, kind: 'RESTORED' }, {}, {}, {}]);
  const page = await content.as(author).run(LIST, { id: topicId, first: 3 });
  const { pageInfo } = page.topic.revisions;
  const rest = await content.as().run(LIST, { id: topicId, after: pageInfo.endCursor });
  expect(rest.topic.revisions.edges).toMatchObject([{ node: { number: 1 } }]);
});

test('two revisions are compared line by line, in either direction', async () => {
  const { author, write, list, save } = await newTopic('a\nb\nc\n');
  await write('a\nB\nc\nd\n');
  await save('Two');
  const [named, edited, original] = await list();
  const changes = async (id: string, sinceId: string | null) =>
    (await content.as(author).run(CHANGES, { id, sinceId })).topicRevision.changes;
  const forth = await changes(edited.id, null);
  expect(forth).toMatchObject({ addedLines: 2, removedLines: 1 });
  expect(
    forth.hunks[0].lines.map(({ kind, text }: Record<string, string>) => `${kind} ${text}`),
  ).toEqual(['CONTEXT a', 'REMOVED b', 'ADDED B', 'CONTEXT c', 'ADDED d']);
  expect(await changes(original.id, named.id)).toMatchObject({ addedLines: 1, removedLines: 2 });
  expect(await changes(original.id, original.id)).toMatchObject({ hunks: [] });
  const other = await newTopic('x');
  const { revision } = await other.save('Other');
  expect(await changes(original.id, revision.id)).toBeNull();
});

test('two long texts with nothing in common are compared in time', async () => {
  const lines = (letter: string) =>
    Array.from({ length: 60_000 }, (_, n) => `${letter}${n}`).join('\n');
  const [left, right] = [lines('a'), lines('b')];
  const cpuMs = await cpuMsOf(() => {
    expect(diffTexts(left, right)).toMatchObject({ addedLines: 60_000, removedLines: 60_000 });
  });
  expect(cpuMs).toBeLessThan(3_000);
});

test('live edits become revisions of those who wrote; a restore leaves the cursors where they are', async () => {
  const { author, topicId, list, save, write } = await newTopic('Bees make honey.\n');
  const left = new AbortController();
  onTestFinished(() => left.abort());
  const stream = await subscribeOnSubgraph(
    content.subgraph,
    { query: EDITS, variables: { topicId } },
    { viewer: author, requestId: randomUUID(), signal: left.signal },
  );
  if (!isStream(stream)) throw new Error(JSON.stringify(stream));
  const doc = new Y.Doc();
  const follow = async () => {
    const { value } = await stream.next();
    Y.applyUpdate(doc, Buffer.from(value.data.topicEdits.update, 'base64'));
  };
  await follow();
  const text = doc.getText('content');
  const before = Y.encodeStateVector(doc);
  text.insert(text.length, 'Wasps do not.\n');
  const update = Buffer.from(Y.encodeStateAsUpdate(doc, before)).toString('base64');
  const input = { topicId, epoch: 1, clientId: doc.clientID, update };
  await content.as(author).run(PUSH, { input });
  await follow();
  const cursor = Y.createRelativePositionFromTypeIndex(text, text.toString().indexOf('honey'));
  expect((await save('Live')).revision.markdown).toBe('Bees make honey.\nWasps do not.\n');
  await write('Nothing of that.\n');
  await follow();
  const [, named] = await list();
  expect(named).toMatchObject({ kind: 'NAMED', name: 'Live' });
  const [, , original] = (await list()).toReversed().slice(-3).toReversed();
  expect(original).toMatchObject({ kind: 'ORIGINAL', markdown: 'Bees make honey.\n' });
  const kept = Y.createRelativePositionFromTypeIndex(text, 0);
  await content.as(author).run(RESTORE, { input: { revisionId: named.id } });
  await follow();
  expect(text.toString()).toBe('Bees make honey.\nWasps do not.\n');
  for (const position of [cursor, kept]) {
    expect(Y.createAbsolutePositionFromRelativePosition(position, doc)).not.toBeNull();
  }
});

test('a restore while somebody types elsewhere in the text moves no cursor and loses no letter', async () => {
  const { author, topicId, list, write } = await newTopic('Title\n\nold words\n\nEnd\n');
  await write('Title\n\nnew words\n\nEnd\n');
  const [, original] = await list();
  const stream = await subscribeOnSubgraph(
    content.subgraph,
    { query: EDITS, variables: { topicId } },
    { viewer: author, requestId: randomUUID(), signal: AbortSignal.timeout(20_000) },
  );
  if (!isStream(stream)) throw new Error(JSON.stringify(stream));
  const doc = new Y.Doc();
  const follow = async () => {
    const { value } = await stream.next();
    Y.applyUpdate(doc, Buffer.from(value.data.topicEdits.update, 'base64'));
  };
  await follow();
  const text = doc.getText('content');
  const cursor = Y.createRelativePositionFromTypeIndex(text, text.toString().indexOf('End'));
  // Typed on the state of before, and on its way while the server restores. (What had arrived would be undone.)
  const before = Y.encodeStateVector(doc);
  text.insert(text.toString().indexOf('End'), 'The ');
  const update = Buffer.from(Y.encodeStateAsUpdate(doc, before)).toString('base64');
  const input = { topicId, epoch: 1, clientId: doc.clientID, update };
  await content.as(author).run(RESTORE, { input: { revisionId: original.id } });
  await content.as(author).run(PUSH, { input });
  while (!text.toString().includes('old words')) await follow();
  expect(text.toString()).toBe('Title\n\nold words\n\nThe End\n');
  const reader = new Y.Doc();
  const anew = await subscribeOnSubgraph(
    content.subgraph,
    { query: EDITS, variables: { topicId } },
    { viewer: author, requestId: randomUUID(), signal: AbortSignal.timeout(20_000) },
  );
  if (!isStream(anew)) throw new Error(JSON.stringify(anew));
  Y.applyUpdate(reader, Buffer.from((await anew.next()).value.data.topicEdits.update, 'base64'));
  expect(reader.getText('content').toString()).toBe(text.toString());
  await anew.return?.();
  const at = Y.createAbsolutePositionFromRelativePosition(cursor, doc)?.index;
  expect(at).toBe(text.toString().indexOf('End'));
  await stream.return?.();
});

test('revisions of a private topic are for those with a role; only editors save and restore', async () => {
  const { list, save } = await newTopic('secret', 'PRIVATE');
  const { revision } = await save('One');
  const stranger = content.somebody();
  const found = await content.as(stranger).run(CHANGES, { id: revision.id });
  expect(found.topicRevision).toBeNull();
  expect(await save('Two', stranger)).toEqual({ code: 'TOPIC_NOT_FOUND' });
  const restored = await content.as(stranger).run(RESTORE, { input: { revisionId: revision.id } });
  expect(restored.restoreTopicRevision).toEqual({ code: 'TOPIC_REVISION_NOT_FOUND' });
  expect(await list()).toMatchObject([{ kind: 'NAMED' }, { kind: 'ORIGINAL' }]);
});
