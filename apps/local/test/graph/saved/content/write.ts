import { expect } from 'vitest';
import * as Y from 'yjs';
import type { Story } from './story.ts';

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** A text is edited live, kept under a name, and restored. */
export async function write({ a, b, friend, worker }: Story): Promise<void> {
  const doc = new Y.Doc();
  const edits = b.follow('EditTopic', { topicId: worker, clientId: doc.clientID });
  const { epoch, update } = (await edits.next()).value.topicEdits;
  Y.applyUpdate(doc, Buffer.from(update, 'base64'));
  const before = Y.encodeStateVector(doc);
  doc.getText('content').insert(0, 'Busy. ');
  const change = { update: base64(Y.encodeStateAsUpdate(doc, before)), awareness: '{}' };
  const pushed = await b.send('PushToTopic', {
    input: { topicId: worker, epoch, clientId: doc.clientID, ...change },
  });
  expect(pushed.pushTopicUpdate).toMatchObject({ missing: null });
  const { presence } = (await edits.next()).value.topicEdits;
  expect(presence).toMatchObject([{ by: { displayName: friend.displayName } }]);
  await edits.return(undefined);
  await a.send('SaveTopicRevision', { input: { topicId: worker, name: 'Busy' } });
  const { topic } = await a.send('TopicHistory', { id: worker });
  const [newest, oldest] = [topic.revisions.edges[0].node, topic.revisions.edges.at(-1).node];
  const compared = await b.send('TopicRevision', { id: newest.id, since: oldest.id });
  expect(compared.topicRevision.changes.hunks).not.toEqual([]);
  await a.send('RestoreTopicRevision', { input: { revisionId: oldest.id } });
  expect((await b.send('ReadTopic', { id: worker })).topic.markdown).not.toContain('Busy');
}

/** It is talked about. */
export async function comment({ a, b, queen, worker }: Story): Promise<void> {
  const about = { topicId: worker, from: 4, quote: 'gathers' };
  const thread = await b.send('AddTopicComment', { input: { ...about, body: 'Dose she?' } });
  const { id: commentId } = thread.addTopicComment.comment;
  await b.send('EditTopicComment', { input: { commentId, body: 'Does she?' } });
  await a.send('AnswerTopicComment', { input: { commentId, body: 'She does.' } });
  expect((await b.send('TopicPage', { id: worker })).topic).toMatchObject({
    comments: { edges: [{ node: { body: 'Does she?', answers: [{ body: 'She does.' }] } }] },
    backlinks: [{ id: queen }],
  });
  await a.send('ResolveTopicComment', { input: { commentId, resolved: true } });
  const other = await b.send('AddTopicComment', { input: { ...about, body: 'Never mind.' } });
  const { id } = other.addTopicComment.comment;
  await b.send('DeleteTopicComment', { input: { commentId: id } });
}
