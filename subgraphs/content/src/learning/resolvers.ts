import { answerWithFailures } from '@civitas/platform/errors';
import { toConnection } from '@civitas/platform/pagination';
import type { Resolvers } from '../generated/resolvers.ts';
import { allows, findVisibleSubject, roleOf } from '../subjects/index.ts';
import { answerCheckpoints } from './answer-checkpoints.ts';
import { claimCertificate } from './claim-certificate.ts';
import { markTopicDone, visitTopic } from './doing-topics.ts';
import { enrolInSubject, leaveSubject } from './enrolling.ts';
import { isPassed } from './passing.ts';
import { certificatesList, enrolmentsList } from './queries.ts';
import {
  checkpointsOf,
  doneTopicsOf,
  findCertificate,
  isDone,
  listCertificates,
  listEnrolments,
  resumeAt,
} from './service.ts';
import { readLearningStatistics } from './statistics.ts';

// A subject or topic that reaches these was visible to the viewer.
export const resolvers: Resolvers = {
  Query: { certificate: (_, { id }, ctx) => findCertificate(ctx, id) },
  Mutation: {
    enrolInSubject: (_, { input }, ctx) =>
      answerWithFailures('EnrolInSubjectSuccess', () => enrolInSubject(ctx, input)),
    leaveSubject: (_, { input }, ctx) =>
      answerWithFailures('LeaveSubjectSuccess', () => leaveSubject(ctx, input)),
    visitTopic: (_, { input }, ctx) =>
      answerWithFailures('VisitTopicSuccess', () => visitTopic(ctx, input)),
    markTopicDone: (_, { input }, ctx) =>
      answerWithFailures('MarkTopicDoneSuccess', () => markTopicDone(ctx, input)),
    answerCheckpoints: (_, { input }, ctx) =>
      answerWithFailures('AnswerCheckpointsSuccess', () => answerCheckpoints(ctx, input)),
    claimCertificate: (_, { input }, ctx) =>
      answerWithFailures('ClaimCertificateSuccess', () => claimCertificate(ctx, input)),
  },
  Subject: {
    myEnrolment: ({ id }, _, ctx) => ctx.loaders.ownEnrolment.load(id),
    learnerCount: ({ id }, _, ctx) => ctx.loaders.learnerCount.load({ parentId: id, args: null }),
    learningStatistics: (subject, _, ctx) => readLearningStatistics(ctx, subject),
  },
  Topic: {
    doneByMe: (topic, _, ctx) => isDone(ctx, topic),
    checkpoints: async (topic, _, ctx) => (await checkpointsOf(ctx, topic)).checkpoints,
    checkpointProblems: async (topic, _, ctx) => {
      const subject = await ctx.loaders.subjectById.load(topic.subjectId);
      if (!subject || !allows(await roleOf(ctx, subject), 'EDITOR')) return null;
      return (await checkpointsOf(ctx, topic)).problems;
    },
    myBestAttempt: ({ id }, _, ctx) => ctx.loaders.ownBestAttempt.load(id),
  },
  Enrolment: {
    subject: async ({ subjectId }, _, ctx) => {
      const subject = await ctx.loaders.subjectById.load(subjectId);
      if (!subject) throw new Error(`Subject ${subjectId} is not there.`);
      return subject;
    },
    doneTopicCount: async (enrolment, _, ctx) => (await doneTopicsOf(ctx, enrolment)).size,
    progress: async (enrolment, _, ctx) => {
      const subject = await ctx.loaders.subjectById.load(enrolment.subjectId);
      const all = subject?.topicCount ?? 0;
      return all === 0 ? 0 : (await doneTopicsOf(ctx, enrolment)).size / all;
    },
    resumeAt: (enrolment, _, ctx) => resumeAt(ctx, enrolment),
    certificate: ({ subjectId }, _, ctx) => ctx.loaders.ownCertificate.load(subjectId),
  },
  CheckpointAttempt: { passed: (attempt) => isPassed(attempt) },
  Certificate: {
    __resolveReference: ({ id }, ctx) => findCertificate(ctx, id),
    learner: ({ userId }) => ({ id: userId }),
    author: ({ authorId }) => ({ id: authorId }),
    subject: ({ subjectId }, _, ctx) =>
      subjectId === null ? null : findVisibleSubject(ctx, subjectId),
  },
  User: {
    enrolments: async (person, args, ctx) =>
      toConnection(
        enrolmentsList,
        await listEnrolments(ctx, person, args),
        args.first,
        (enrolment) => ({ key: [enrolment.enrolledAt, enrolment.subjectId], node: enrolment }),
      ),
    certificates: async (person, args, ctx) =>
      toConnection(
        certificatesList,
        await listCertificates(ctx, person, args),
        args.first,
        (certificate) => ({ key: [certificate.issuedAt, certificate.id], node: certificate }),
      ),
  },
};
