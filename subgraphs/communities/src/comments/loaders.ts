import { groupedLoader, keyedLoader } from '@civitas/platform/loaders';
import type { CommunitiesDatabase } from '../context.ts';
import type { Comment } from '../generated/prisma/client.ts';
import { type CommentPage, fetchComments, fetchReplies } from './queries.ts';

export function createCommentLoaders(db: CommunitiesDatabase) {
  return {
    commentById: keyedLoader(
      (ids) => db.client.comment.findMany({ where: { id: { in: [...ids] } } }),
      (comment) => comment.id,
    ),
    commentsOfPost: groupedLoader<CommentPage, Comment[]>(
      (postIds, page) => fetchComments(db, postIds, page),
      () => [],
    ),
    repliesToComment: groupedLoader<CommentPage, Comment[]>(
      (commentIds, page) => fetchReplies(db, commentIds, page),
      () => [],
    ),
  };
}
