import { answerWithFailures } from '@civitas/platform/errors';
import { toConnection } from '@civitas/platform/pagination';
import type { Resolvers } from '../generated/resolvers.ts';
import { purgeTopicHistory } from './purge-topic-history.ts';
import { restoreTopicRevision } from './restore-topic-revision.ts';
import { saveTopicRevision } from './save-topic-revision.ts';
import {
  changesOf,
  fileOfRevision,
  findVisibleRevision,
  listRevisions,
  revisionsList,
  textOfRevision,
} from './service.ts';

export const resolvers: Resolvers = {
  Query: { topicRevision: (_, { id }, ctx) => findVisibleRevision(ctx, id) },
  Topic: {
    revisions: async (topic, args, ctx) =>
      toConnection(
        revisionsList,
        await listRevisions(ctx, topic, args),
        args.first,
        (revision) => ({
          key: [revision.number],
          node: revision,
        }),
      ),
  },
  TopicRevision: {
    authors: ({ authorIds }) => authorIds.map((id) => ({ id })),
    bytes: async (revision, _, ctx) => (await fileOfRevision(ctx, revision)).bytes,
    sha256: async (revision, _, ctx) => (await fileOfRevision(ctx, revision)).sha256,
    markdown: (revision, _, ctx) => textOfRevision(ctx, revision),
    changes: (revision, { sinceId }, ctx) => changesOf(ctx, revision, sinceId ?? null),
  },
  Mutation: {
    saveTopicRevision: (_, { input }, ctx) =>
      answerWithFailures('SaveTopicRevisionSuccess', () => saveTopicRevision(ctx, input)),
    restoreTopicRevision: (_, { input }, ctx) =>
      answerWithFailures('RestoreTopicRevisionSuccess', () => restoreTopicRevision(ctx, input)),
    purgeTopicHistory: (_, { input }, ctx) =>
      answerWithFailures('PurgeTopicHistorySuccess', () => purgeTopicHistory(ctx, input)),
  },
};
