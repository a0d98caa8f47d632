import { answerWithFailures } from '@civitas/platform/errors';
import { toConnection } from '@civitas/platform/pagination';
import type { Resolvers } from '../generated/resolvers.ts';
import { changeReaction, hasReacted, listSavedSubjects, savedSubjectsList } from './service.ts';

export const resolvers: Resolvers = {
  Subject: {
    likedByMe: (subject, _, ctx) => hasReacted(ctx, 'like', subject),
    savedByMe: (subject, _, ctx) => hasReacted(ctx, 'save', subject),
  },
  User: {
    savedSubjects: async (person, args, ctx) =>
      toConnection(
        savedSubjectsList,
        await listSavedSubjects(ctx, person, args),
        args.first,
        ({ createdAt, subjectId, subject }) => ({
          key: [createdAt, subjectId],
          node: subject,
          edge: { savedAt: createdAt },
        }),
      ),
  },
  Mutation: {
    likeSubject: (_, { input }, ctx) =>
      answerWithFailures('LikeSubjectSuccess', () =>
        changeReaction(ctx, { reaction: 'like', wanted: true }, input),
      ),
    unlikeSubject: (_, { input }, ctx) =>
      answerWithFailures('UnlikeSubjectSuccess', () =>
        changeReaction(ctx, { reaction: 'like', wanted: false }, input),
      ),
    saveSubject: (_, { input }, ctx) =>
      answerWithFailures('SaveSubjectSuccess', () =>
        changeReaction(ctx, { reaction: 'save', wanted: true }, input),
      ),
    unsaveSubject: (_, { input }, ctx) =>
      answerWithFailures('UnsaveSubjectSuccess', () =>
        changeReaction(ctx, { reaction: 'save', wanted: false }, input),
      ),
  },
};
