import { randomUUID } from 'node:crypto';
import { isStream, subscribeOnSubgraph, type Viewer } from '@civitas/platform/subgraph';
import { expect, onTestFinished, test } from 'vitest';
import { useContent } from '../testing/use-content.ts';

const content = useContent();

const CHANGED = /* GraphQL */ `
  subscription ($subjectId: ID!) {
    subjectChanged(subjectId: $subjectId) { kind topic { id title } by { id } subject { topicCount } }
  }
`;
const RENAME = /* GraphQL */ `
  mutation ($input: UpdateTopicInput!) { updateTopic(input: $input) { __typename } }
`;

function follow(viewer: Viewer, subjectId: string, resumeAfter?: string) {
  const left = new AbortController();
  onTestFinished(() => left.abort());
  return subscribeOnSubgraph(
    content.subgraph,
    { query: CHANGED, variables: { subjectId } },
    { viewer, requestId: randomUUID(), signal: left.signal, resumeAfter },
  );
}

const CARRY = /* GraphQL */ `
  mutation ($move: MoveTopicInput!, $archive: ArchiveTopicInput!) {
    moveTopic(input: $move) { __typename }
    archiveTopic(input: $archive) { __typename }
  }
`;

test('who follows a subject hears what happens to topics, and by whom', async () => {
  const author = content.somebody();
  const subjectId = await content.subject(author);
  const changes = await follow({ type: 'anonymous' }, subjectId);
  if (!isStream(changes)) throw new Error(JSON.stringify(changes));
  expect((await changes.next()).value).toEqual({ extensions: { fromNowOn: true } });
  const { id } = await content.topic(author, subjectId, 'Bees');
  await content.as(author).run(RENAME, { input: { topicId: id, title: 'Wild bees' } });
  const by = { id: author.id };
  const subject = { topicCount: 1 };
  expect((await changes.next()).value).toMatchObject({
    data: { subjectChanged: { kind: 'TOPIC_ADDED', topic: { id }, by, subject } },
  });
  expect((await changes.next()).value).toMatchObject({
    data: { subjectChanged: { kind: 'TOPIC_RENAMED', topic: { id, title: 'Wild bees' }, by } },
  });
  await content.as(author).run(CARRY, { move: { topicId: id }, archive: { topicId: id } });
  for (const kind of ['TOPIC_MOVED', 'TOPIC_REMOVED']) {
    expect((await changes.next()).value).toMatchObject({
      data: { subjectChanged: { kind, topic: { id }, by } },
    });
  }
});

test('a private subject cannot be followed by others', async () => {
  const subjectId = await content.subject(content.somebody(), { visibility: 'PRIVATE' });
  const answer = await follow(content.somebody(), subjectId);
  expect(answer).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
});

test('who was cut off, or may have missed something, is told to read the tree anew', async () => {
  const subjectId = await content.subject(content.somebody());
  const changes = await follow({ type: 'anonymous' }, subjectId, 'now');
  if (!isStream(changes)) throw new Error(JSON.stringify(changes));
  const readTree = { data: { subjectChanged: { kind: 'READ_TREE', topic: null, by: null } } };
  expect((await changes.next()).value).toEqual({ extensions: { fromNowOn: true } });
  expect((await changes.next()).value).toMatchObject(readTree);
});
