import { answerWithFailures } from '@civitas/platform/errors';
import { toConnection } from '@civitas/platform/pagination';
import type { Resolvers } from '../generated/resolvers.ts';
import { findVisibleSubject } from '../subjects/index.ts';
import { forkSubjectVersion } from './fork-subject-version.ts';
import { publishSubjectVersion } from './publish-subject-version.ts';
import { saveSubjectVersion } from './save-subject-version.ts';
import {
  findReadableVersion,
  hashOfVersionTopic,
  listVersions,
  originOf,
  textOfVersionTopic,
  versionsList,
} from './service.ts';

export const resolvers: Resolvers = {
  Query: { subjectVersion: (_, { id }, ctx) => findReadableVersion(ctx, id) },
  Subject: {
    versions: async (subject, args, ctx) =>
      toConnection(versionsList, await listVersions(ctx, subject, args), args.first, (version) => ({
        key: [version.number],
        node: version,
      })),
    forkedFrom: (subject, _, ctx) => originOf(ctx, subject),
  },
  SubjectVersion: {
    description: ({ description }) => (description.trim() === '' ? null : description),
    subject: ({ subjectId }, _, ctx) => findVisibleSubject(ctx, subjectId),
    author: async ({ subjectId }, _, ctx) => {
      const subject = await ctx.loaders.subjectById.load(subjectId);
      return subject && { id: subject.authorId };
    },
    createdBy: ({ createdBy }) => ({ id: createdBy }),
    topics: ({ id }, _, ctx) => ctx.loaders.versionTopics.load({ parentId: id, args: null }),
  },
  SubjectVersionTopic: {
    heading: ({ heading }) => heading?.trimEnd() ?? null,
    sha256: (topic, _, ctx) => hashOfVersionTopic(ctx, topic),
    markdown: (topic, _, ctx) => textOfVersionTopic(ctx, topic),
  },
  Mutation: {
    saveSubjectVersion: (_, { input }, ctx) =>
      answerWithFailures('SaveSubjectVersionSuccess', () => saveSubjectVersion(ctx, input)),
    publishSubjectVersion: (_, { input }, ctx) =>
      answerWithFailures('PublishSubjectVersionSuccess', () => publishSubjectVersion(ctx, input)),
    forkSubjectVersion: (_, { input }, ctx) =>
      answerWithFailures('ForkSubjectVersionSuccess', () => forkSubjectVersion(ctx, input)),
  },
};
