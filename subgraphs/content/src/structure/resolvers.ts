import { answerWithFailures } from '@civitas/platform/errors';
import type { Resolvers } from '../generated/resolvers.ts';
import { archiveTopic } from './archive-topic.ts';
import { copyTopic } from './copy-topic.ts';
import { deleteArchivedTopic } from './delete-archived-topic.ts';
import { mergeTopics } from './merge-topics.ts';
import { moveTopic } from './move-topic.ts';
import { restoreTopic } from './restore-topic.ts';
import { listArchivedTopics } from './service.ts';
import { splitTopic } from './split-topic.ts';

export const resolvers: Resolvers = {
  Subject: { archivedTopics: (subject, _, ctx) => listArchivedTopics(ctx, subject) },
  Mutation: {
    moveTopic: (_, { input }, ctx) =>
      answerWithFailures('MoveTopicSuccess', () => moveTopic(ctx, input)),
    copyTopic: (_, { input }, ctx) =>
      answerWithFailures('CopyTopicSuccess', () => copyTopic(ctx, input)),
    archiveTopic: (_, { input }, ctx) =>
      answerWithFailures('ArchiveTopicSuccess', () => archiveTopic(ctx, input)),
    restoreTopic: (_, { input }, ctx) =>
      answerWithFailures('RestoreTopicSuccess', () => restoreTopic(ctx, input)),
    deleteArchivedTopic: (_, { input }, ctx) =>
      answerWithFailures('DeleteArchivedTopicSuccess', () => deleteArchivedTopic(ctx, input)),
    splitTopic: (_, { input }, ctx) =>
      answerWithFailures('SplitTopicSuccess', () => splitTopic(ctx, input)),
    mergeTopics: (_, { input }, ctx) =>
      answerWithFailures('MergeTopicsSuccess', () => mergeTopics(ctx, input)),
  },
};
