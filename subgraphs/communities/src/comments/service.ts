import { parseId } from '@civitas/platform/ids';
import { type PageArguments, readPage } from '@civitas/platform/pagination';
import type { CommunitiesContext } from '../context.ts';
import type { Comment, Post } from '../generated/prisma/client.ts';
import { MAX_DEPTH } from './depth.ts';
import { commentsList, repliesList } from './queries.ts';

// Comments are public. The lists answer `first + 1` rows at most: the extra one says whether there
// are more.

/** @throws CivitasError `MALFORMED_ID`. */
export async function findComment(ctx: CommunitiesContext, id: string): Promise<Comment | null> {
  return ctx.loaders.commentById.load(parseId('cmt', id));
}

/** What a comment replies to; null for a comment on the post itself. */
export async function parentOf(
  ctx: CommunitiesContext,
  { parentId }: Comment,
): Promise<Comment | null> {
  return parentId === null ? null : ctx.loaders.commentById.load(parentId);
}

export async function listComments(
  ctx: CommunitiesContext,
  post: Post,
  args: PageArguments,
): Promise<Comment[]> {
  const page = readPage(commentsList, args);
  return ctx.loaders.commentsOfPost.load({ parentId: post.id, args: page });
}

export async function listReplies(
  ctx: CommunitiesContext,
  comment: Comment,
  args: PageArguments,
): Promise<Comment[]> {
  const page = readPage(repliesList, args);
  if (comment.depth === MAX_DEPTH) return [];
  return ctx.loaders.repliesToComment.load({ parentId: comment.id, args: page });
}
