import { editTopicOver, type Transport } from '@civitas/topic-editing';
import { expect, onTestFinished } from 'vitest';
import type { Doer } from '../saved-operations.ts';
import type { Story } from './story.ts';

/** What the saved subscription asks for beside what an editor needs. */
interface Named {
  readonly presence: readonly { readonly by: { readonly displayName: string } | null }[];
}

/** An editor that sends what is saved, instead of what it brings along. */
function asSaved({ send, follow }: Doer, onEvent: (event: Named) => void): Transport {
  return {
    push: async (input) => (await send('PushToTopic', { input })).pushTopicUpdate,
    follow: (variables, listener) => {
      const events = follow('EditTopic', { ...variables });
      const read = async () => {
        for await (const { topicEdits } of events) {
          onEvent(topicEdits);
          listener.onEvent(topicEdits);
        }
      };
      void read().then(() => listener.onEnd(null), listener.onEnd);
      return () => void events.return(undefined);
    },
  };
}

/** A text is edited live, kept under a name, and restored. */
export async function write({ a, b, friend, worker }: Story): Promise<void> {
  const names = new Set<string | undefined>();
  const transport = asSaved(b, ({ presence }) => {
    for (const { by } of presence) names.add(by?.displayName);
  });
  const editor = editTopicOver(transport, { topicId: worker });
  onTestFinished(() => editor.close());
  await editor.saved();
  editor.text.insert(0, 'Busy. ');
  editor.awareness.setLocalState({ cursor: 6 });
  await editor.saved();
  await expect.poll(() => [...names]).toEqual([friend.displayName]);
  editor.close();
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
