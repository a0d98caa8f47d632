import { randomUUID } from 'node:crypto';
import { isStream, subscribeOnSubgraph } from '@civitas/platform/subgraph';
import pg from 'pg';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import { useContent } from '../testing/use-content.ts';
import { openEditing } from '../testing/use-editing.ts';

const content = useContent();

const PURGE = /* GraphQL */ `
  mutation ($input: PurgeTopicHistoryInput!) {
    purgeTopicHistory(input: $input) {
      __typename
      ... on PurgeTopicHistorySuccess { topic { markdown revisions { edges { node { id } } } } }
      ... on UserError { code }
    }
  }
`;
const PUSH = /* GraphQL */ `
  mutation ($input: PushTopicUpdateInput!) {
    pushTopicUpdate(input: $input) {
      __typename
      ... on PushTopicUpdateSuccess { seq missing }
      ... on TopicEpochChanged { epoch }
    }
  }
`;
const UPDATE = /* GraphQL */ `
  mutation ($input: UpdateTopicInput!) { updateTopic(input: $input) { __typename } }
`;
const COMMENT = /* GraphQL */ `
  mutation ($input: AddTopicCommentInput!) { addTopicComment(input: $input) { __typename } }
`;
const COMMENTS = /* GraphQL */ `
  query ($id: ID!) {
    topic(id: $id) { comments { edges { node { body quote range { from to } } } } }
  }
`;
const EDITS = /* GraphQL */ `
  subscription ($topicId: ID!) { topicEdits(topicId: $topicId, clientId: 5) { epoch seq update stateVector } }
`;

let database: pg.Client;
beforeAll(async () => {
  database = new pg.Client({ connectionString: content.databaseUrl });
  await database.connect();
  return () => database.end();
});

async function newTopic(visibility = 'PUBLIC') {
  const author = content.somebody();
  const subjectId = await content.subject(author, { visibility });
  const { id: topicId } = await content.topic(author, subjectId, 'Live', { markdown: 'Bees.' });
  const purge = (viewer = author) =>
    content
      .as(viewer)
      .run(PURGE, { input: { topicId } })
      .then(({ purgeTopicHistory }) => purgeTopicHistory);
  return { author, topicId, purge };
}

async function follow(topicId: string) {
  const left = new AbortController();
  onTestFinished(() => left.abort());
  const origin = { viewer: { type: 'anonymous' }, requestId: randomUUID() } as const;
  const stream = await subscribeOnSubgraph(
    content.subgraph,
    { query: EDITS, variables: { topicId } },
    { ...origin, signal: left.signal },
  );
  if (!isStream(stream)) throw new Error(JSON.stringify(stream.errors));
  return async () => (await stream.next()).value?.data?.topicEdits;
}

test('a purge leaves the present text and nothing it ever was, and everybody starts anew from it', async () => {
  const { author, topicId, purge } = await newTopic();
  const otherServer = await openEditing(content.databaseUrl).hub.open(topicId);
  const next = await follow(topicId);
  await next();
  const comment = (quote: string, from: number) =>
    content.as(author).run(COMMENT, { input: { topicId, quote, from, body: quote } });
  for (const markdown of ['Bees. The password is swordfish. Honey.', 'Bees. Wax. Honey.']) {
    await content.as(author).run(UPDATE, { input: { topicId, markdown } });
    await next();
    if (markdown.includes('swordfish')) await comment('swordfish', 0);
    else await comment('Honey', 0);
  }
  const doc = new Y.Doc();
  doc.getText('content').insert(0, 'stale');
  // As a server leaves it that has merged the log; another one knows whose a client id is.
  await otherServer.catchUp();
  await database.query(
    'UPDATE topic_document SET snapshot = $2, snapshot_seq = seq WHERE topic_id = $1',
    [topicId, Y.encodeStateAsUpdate(otherServer.state.doc)],
  );
  await database.query('DELETE FROM topic_update WHERE topic_id = $1', [topicId]);
  otherServer.state.bind(doc.clientID, content.somebody().id);
  expect(await purge()).toEqual({
    __typename: 'PurgeTopicHistorySuccess',
    topic: { markdown: 'Bees. Wax. Honey.', revisions: { edges: [] } },
  });

  const { rows } = await database.query(
    `SELECT (SELECT json_agg(log) FROM (SELECT epoch, seq, encode(bytes, 'escape') AS text
               FROM topic_update WHERE topic_id = $1) AS log) AS log,
            (SELECT count(*)::int FROM topic_client WHERE topic_id = $1) AS clients,
            (SELECT snapshot FROM topic_document WHERE topic_id = $1) AS snapshot`,
    [topicId],
  );
  expect(rows).toMatchObject([{ log: [{ epoch: 2, seq: 1 }], clients: 0, snapshot: null }]);
  expect(rows[0].log[0].text).not.toContain('swordfish');

  const fresh = await next();
  expect(fresh).toMatchObject({ epoch: 2, seq: 1, stateVector: expect.any(String) });
  const seen = new Y.Doc();
  Y.applyUpdate(seen, Buffer.from(fresh.update, 'base64'));
  expect(seen.getText('content').toString()).toBe('Bees. Wax. Honey.');
  await otherServer.catchUp();
  expect(otherServer.state).toMatchObject({ epoch: 2, seq: 1 });
  expect(otherServer.state.ownerOf(doc.clientID)).toBeUndefined();

  const push = (epoch: number) => {
    const update = Buffer.from(Y.encodeStateAsUpdate(doc)).toString('base64');
    return content
      .as(author)
      .run(PUSH, { input: { topicId, epoch, clientId: doc.clientID, update } })
      .then(({ pushTopicUpdate }) => pushTopicUpdate);
  };
  expect(await push(1)).toEqual({ __typename: 'TopicEpochChanged', epoch: 2 });
  const cursor = { topicId, epoch: 1, clientId: doc.clientID, awareness: '{}' };
  expect((await content.as(author).run(PUSH, { input: cursor })).pushTopicUpdate).toEqual({
    ...{ __typename: 'TopicEpochChanged', epoch: 2 },
  });
  expect(await push(2)).toMatchObject({ seq: 2, missing: null });

  const { topic } = await content.as(author).run(COMMENTS, { id: topicId });
  expect(topic.comments.edges.map(({ node }: { node: unknown }) => node)).toEqual([
    { body: 'Honey', quote: 'Honey', range: { from: 11, to: 16 } },
    { body: 'swordfish', quote: '', range: null },
  ]);
});

test('owners purge, and moderators what they may read; a topic nobody edited live is purged, too', async () => {
  const [open, secret] = [await newTopic(), await newTopic('PRIVATE')];
  const stranger = content.somebody();
  const moderator = { ...content.somebody(), roles: ['MODERATOR'] };
  const input = { topicId: open.topicId };
  expect(await content.as(stranger).codes(PURGE, { input })).toEqual(['FORBIDDEN']);
  expect(await content.as().codes(PURGE, { input })).toEqual(['UNAUTHENTICATED']);
  expect(await open.purge(moderator)).toMatchObject({ topic: { markdown: 'Bees.' } });
  expect(await secret.purge(moderator)).toMatchObject({ code: 'TOPIC_NOT_FOUND' });
  expect(await secret.purge()).toMatchObject({ topic: { markdown: 'Bees.' } });
});
