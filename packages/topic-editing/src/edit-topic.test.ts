import { expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import { toBase64 } from './base64.ts';
import { editTopicOver, type TopicStatus } from './edit-topic.ts';
import { GraphError, type Transport } from './transport.ts';

test('a push that is turned away is pushed again soon, while the stream goes on', async () => {
  const doc = new Y.Doc();
  const stored = new Y.Doc();
  const statuses: TopicStatus[] = [];
  let streams = 0;
  let turnedAway = 0;
  const transport: Transport = {
    follow: (_, { onEvent }) => {
      streams += 1;
      const stateVector = toBase64(Y.encodeStateVector(stored));
      const nothing = { epoch: 1, seq: 0, update: null, presence: [], ended: null };
      queueMicrotask(() => onEvent({ ...nothing, stateVector }));
      return () => undefined;
    },
    push: async ({ update }) => {
      if (turnedAway < 3) {
        turnedAway += 1;
        throw new GraphError('SUBGRAPH_OVERLOADED', 'Too much to do.');
      }
      if (typeof update === 'string') Y.applyUpdate(stored, Buffer.from(update, 'base64'));
      return { __typename: 'PushTopicUpdateSuccess', seq: 1, missing: null };
    },
  };
  const topic = editTopicOver(transport, {
    topicId: 'top_1',
    doc,
    onStatus: (status) => statuses.push(status),
  });
  onTestFinished(() => topic.close());
  topic.text.insert(0, 'Bees');
  await topic.saved();
  expect(stored.getText('content').toString()).toBe('Bees');
  expect({ turnedAway, streams, statuses }).toEqual({
    turnedAway: 3,
    streams: 1,
    statuses: ['synced'],
  });
});
