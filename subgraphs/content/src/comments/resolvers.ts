import { answerWithFailures } from '@civitas/platform/errors';
import { toConnection } from '@civitas/platform/pagination';
import type { Resolvers } from '../generated/resolvers.ts';
import { addTopicComment } from './add-topic-comment.ts';
import {
  answerTopicComment,
  deleteTopicComment,
  editTopicComment,
  resolveTopicComment,
} from './change-topic-comment.ts';
import { commentsList, currentRange, listThreads, readableQuote } from './service.ts';

export const resolvers: Resolvers = {
  Topic: {
    comments: async (topic, args, ctx) =>
      toConnection(commentsList, await listThreads(ctx, topic, args), args.first, (comment) => ({
        key: [comment.createdAt, comment.id],
        node: comment,
      })),
  },
  TopicComment: {
    author: ({ authorId }) => ({ id: authorId }),
    quote: (comment, _, ctx) => readableQuote(ctx, comment),
    range: (comment, _, ctx) => currentRange(ctx, comment),
    resolvedBy: ({ resolvedBy }) => (resolvedBy === null ? null : { id: resolvedBy }),
    answers: ({ id, threadId }, _, ctx) =>
      threadId === null ? ctx.loaders.commentAnswers.load({ parentId: id, args: null }) : [],
  },
  Mutation: {
    addTopicComment: (_, { input }, ctx) =>
      answerWithFailures('AddTopicCommentSuccess', () => addTopicComment(ctx, input)),
    answerTopicComment: (_, { input }, ctx) =>
      answerWithFailures('AnswerTopicCommentSuccess', () => answerTopicComment(ctx, input)),
    editTopicComment: (_, { input }, ctx) =>
      answerWithFailures('EditTopicCommentSuccess', () => editTopicComment(ctx, input)),
    resolveTopicComment: (_, { input }, ctx) =>
      answerWithFailures('ResolveTopicCommentSuccess', () => resolveTopicComment(ctx, input)),
    deleteTopicComment: (_, { input }, ctx) =>
      answerWithFailures('DeleteTopicCommentSuccess', () => deleteTopicComment(ctx, input)),
  },
};
