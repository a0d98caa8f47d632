import { editTopic } from '@civitas/topic-editing';
import { createClient } from 'graphql-ws';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { shapes, useGraph } from './use-graph.ts';

const CREATE = /* GraphQL */ `
  mutation ($input: CreateSubjectInput!) {
    createSubject(input: $input) { ... on CreateSubjectSuccess { subject { id } } }
  }
`;
const ADD = /* GraphQL */ `
  mutation ($input: AddTopicInput!) {
    addTopic(input: $input) { ... on AddTopicSuccess { topic { id } } }
  }
`;

describe.each(shapes)('in %s', (shape) => {
  const graph = useGraph(shape);

  test('two editors and a reader meet in one text, through the gateway', async () => {
    const token = await graph.signIn(graph.world.people[0]?.handle ?? '');
    const subject = await graph.ask(
      CREATE,
      { input: { title: 'Live', visibility: 'PUBLIC' } },
      token,
    );
    const subjectId = subject.data.createSubject.subject.id;
    const input = { subjectId, title: 'Bees', markdown: 'Bees' };
    const topicId = (await graph.ask(ADD, { input }, token)).data.addTopic.topic.id;

    const edit = (connectionParams: Record<string, unknown>) => {
      const url = graph.url.replace(/^http/, 'ws');
      const client = createClient({ url, webSocketImpl: WebSocket, connectionParams });
      const topic = editTopic({ client, topicId });
      onTestFinished(async () => {
        topic.close();
        await client.dispose();
      });
      return topic;
    };
    const editors = [1, 2].map(() => edit({ authorization: `Bearer ${token}` }));
    const reader = edit({});
    await Promise.all(editors.map((topic) => topic.saved()));
    editors[0]?.text.insert(0, 'Wild ');
    editors[1]?.text.insert(4, ' sting');
    await Promise.all(editors.map((topic) => topic.saved()));
    for (const topic of [...editors, reader]) {
      await expect.poll(() => topic.text.toString()).toBe('Wild Bees sting');
    }
  });
});
