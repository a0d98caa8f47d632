import { newId } from '@civitas/platform/ids';
import { changeInTransaction } from '@civitas/platform/loaders';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { CommunitiesContext, CommunitiesTransaction } from '../context.ts';
import type { Comment } from '../generated/prisma/client.ts';
import { lockPost, postNotFound } from '../posts/index.ts';
import { MAX_DEPTH } from './depth.ts';
import { commentNotFound, replyTooDeep } from './errors.ts';

const addCommentInput = z.object({
  postId: idOf('pst'),
  parentId: idOf('cmt').nullish(),
  body: text({ max: 10_000, multiline: true }),
});

type Place = Pick<Comment, 'parentId' | 'parentDepth' | 'depth'>;

/**
 * Adds a comment to a standing post, or a reply to a standing comment of it, and counts it there,
 * in one transaction.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 * @throws UserFailure `InvalidInput`, `PostNotFound`, `CommentNotFound` also for a parent on another
 * post, `ReplyTooDeep`.
 */
export async function addComment(
  ctx: CommunitiesContext,
  input: unknown,
): Promise<{ comment: Comment }> {
  const viewer = requireUser(ctx);
  const { postId, parentId, body } = parseInput(addCommentInput, input);
  const comment = await changeInTransaction(ctx, async (tx) => {
    const post = await lockPost(tx, postId);
    if (!post || post.deletedAt) throw postNotFound();
    const place = await placeUnder(tx, postId, parentId ?? null);
    await tx.post.update({ where: { id: postId }, data: { commentCount: { increment: 1 } } });
    return tx.comment.create({
      data: {
        id: newId('cmt'),
        postId,
        ...place,
        authorId: viewer.id,
        body,
        createdAt: ctx.now(),
      },
    });
  });
  return { comment };
}

async function placeUnder(
  tx: CommunitiesTransaction,
  postId: string,
  parentId: string | null,
): Promise<Place> {
  if (parentId === null) return { parentId: null, parentDepth: null, depth: 1 };
  const parent = await tx.comment.findUnique({ where: { id: parentId, postId, deletedAt: null } });
  if (!parent) throw commentNotFound('parentId');
  if (parent.depth >= MAX_DEPTH) throw replyTooDeep();
  return { parentId, parentDepth: parent.depth, depth: parent.depth + 1 };
}
