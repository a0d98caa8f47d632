import { changeInTransaction } from '@civitas/platform/loaders';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { CommunitiesContext } from '../context.ts';
import type { Comment } from '../generated/prisma/client.ts';
import { assertMayModerate } from '../membership/index.ts';
import { commentNotFound } from './errors.ts';
import { lockCommentAndPost } from './queries.ts';

const deleteCommentInput = z.object({ commentId: idOf('cmt') });

/**
 * Turns a comment into a tombstone and takes it out of the post's count, in one transaction.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN` for anybody but the author and those who
 * moderate the community.
 * @throws UserFailure `InvalidInput`, `CommentNotFound`.
 */
export async function deleteComment(
  ctx: CommunitiesContext,
  input: unknown,
): Promise<{ comment: Comment }> {
  const viewer = requireUser(ctx);
  const { commentId } = parseInput(deleteCommentInput, input);
  const comment = await changeInTransaction(ctx, async (tx) => {
    const locked = await lockCommentAndPost(tx, commentId);
    if (!locked) throw commentNotFound('commentId');
    const { comment: known, post } = locked;
    if (known.authorId !== viewer.id) await assertMayModerate(tx, post.communityId, viewer.id);
    if (known.deletedAt) return known;
    await tx.post.update({ where: { id: post.id }, data: { commentCount: { decrement: 1 } } });
    return tx.comment.update({
      where: { id: commentId },
      data: { body: null, deletedAt: ctx.now(), deletedById: viewer.id },
    });
  });
  return { comment };
}
