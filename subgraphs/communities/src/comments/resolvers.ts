import { answerWithFailures } from '@civitas/platform/errors';
import { toConnection } from '@civitas/platform/pagination';
import type { Comment } from '../generated/prisma/client.ts';
import type { Resolvers } from '../generated/resolvers.ts';
import { deletedBy, existingPost, shownAuthor } from '../posts/index.ts';
import { addComment } from './add-comment.ts';
import { deleteComment } from './delete-comment.ts';
import { commentsList, repliesList } from './queries.ts';
import { findComment, listComments, listReplies, parentOf } from './service.ts';

export const resolvers: Resolvers = {
  Query: { comment: (_, { id }, ctx) => findComment(ctx, id) },
  Post: {
    comments: async (post, args, ctx) =>
      toConnection(commentsList, await listComments(ctx, post, args), args.first, byTime),
  },
  Comment: {
    post: ({ postId }, _, ctx) => existingPost(ctx, postId),
    parent: (comment, _, ctx) => parentOf(ctx, comment),
    author: (comment) => shownAuthor(comment),
    deletedBy: (comment) => deletedBy(comment),
    replies: async (comment, args, ctx) =>
      toConnection(repliesList, await listReplies(ctx, comment, args), args.first, byTime),
  },
  Mutation: {
    addComment: (_, { input }, ctx) =>
      answerWithFailures('AddCommentSuccess', () => addComment(ctx, input)),
    deleteComment: (_, { input }, ctx) =>
      answerWithFailures('DeleteCommentSuccess', () => deleteComment(ctx, input)),
  },
};

function byTime(comment: Comment) {
  return { key: [comment.createdAt, comment.id] as const, node: comment };
}
