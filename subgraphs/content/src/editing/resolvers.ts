import { answerWithFailures } from '@civitas/platform/errors';
import type { Resolvers } from '../generated/resolvers.ts';
import { Base64Scalar } from './base64.ts';
import type { EditsEvent } from './edits-event.ts';
import { pushTopicUpdate } from './push-topic-update.ts';
import { followTopic } from './topic-edits.ts';

export const resolvers: Resolvers = {
  Base64: Base64Scalar,
  Mutation: {
    pushTopicUpdate: (_, { input }, ctx) =>
      answerWithFailures('PushTopicUpdateSuccess', () => pushTopicUpdate(ctx, input)),
  },
  Subscription: {
    topicEdits: {
      subscribe: (_, args, ctx) => followTopic(ctx, args),
      resolve: (event: EditsEvent) => event,
    },
  },
  TopicPresence: {
    by: ({ userId }) => ({ id: userId }),
  },
};
