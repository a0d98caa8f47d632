import { answerWithFailures } from '@civitas/platform/errors';
import { parseId } from '@civitas/platform/ids';
import { toConnection } from '@civitas/platform/pagination';
import type { ContentContext } from '../context.ts';
import type { Subject } from '../generated/prisma/client.ts';
import type { Resolvers } from '../generated/resolvers.ts';
import { followSubject, readChange, type SubjectChange } from './changes.ts';
import { createSubject } from './create-subject.ts';
import { subjectsList, userSubjectsList } from './queries.ts';
import { findVisibleSubject, listPublicSubjects, listSubjectsOf } from './service.ts';
import { updateSubject } from './update-subject.ts';

export const resolvers: Resolvers = {
  Query: {
    subject: (_, { id }, ctx) => findVisibleSubject(ctx, id),
    subjects: async (_, args, ctx) =>
      toConnection(subjectsList, await listPublicSubjects(ctx, args), args.first, newestFirst),
  },
  Mutation: {
    createSubject: (_, { input }, ctx) =>
      answerWithFailures('CreateSubjectSuccess', () => createSubject(ctx, input)),
    updateSubject: (_, { input }, ctx) =>
      answerWithFailures('UpdateSubjectSuccess', () => updateSubject(ctx, input)),
  },
  Subscription: {
    subjectChanged: {
      subscribe: (_, { subjectId }, ctx) => followSubject(ctx, subjectId),
      resolve: (change: SubjectChange, _: unknown, ctx: ContentContext) => readChange(ctx, change),
    },
  },
  SubjectChange: { by: ({ userId }) => (userId === null ? null : { id: userId }) },
  Subject: {
    __resolveReference: ({ id }, ctx) => findVisibleSubject(ctx, id),
    author: (subject) => ({ id: subject.authorId }),
    // An import keeps blank lines too, so that nothing is lost; they are no description.
    description: ({ description }) => (description.trim() === '' ? null : description),
  },
  User: {
    __resolveReference: ({ id }) => ({ id: parseId('usr', id) }),
    subjects: async (author, args, ctx) =>
      toConnection(
        userSubjectsList,
        await listSubjectsOf(ctx, author, args),
        args.first,
        newestFirst,
      ),
  },
};

function newestFirst(subject: Subject) {
  return { key: [subject.createdAt, subject.id] as const, node: subject };
}
