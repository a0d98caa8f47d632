import { changeInTransaction } from '@civitas/platform/loaders';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import { commentNotFound, lockComment } from '../comments/index.ts';
import type { CommunitiesContext } from '../context.ts';
import type { Comment } from '../generated/prisma/client.ts';
import { setVote } from './queries.ts';
import { voteValue } from './vote.ts';

const voteOnCommentInput = z.object({ commentId: idOf('cmt'), vote: voteValue });

/**
 * Sets the viewer's vote on a standing comment; the score follows in the same transaction.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 * @throws UserFailure `InvalidInput`, `CommentNotFound`.
 */
export async function voteOnComment(
  ctx: CommunitiesContext,
  input: unknown,
): Promise<{ comment: Comment }> {
  const viewer = requireUser(ctx);
  const { commentId, vote } = parseInput(voteOnCommentInput, input);
  const comment = await changeInTransaction(ctx, async (tx) => {
    const known = await lockComment(tx, commentId);
    if (!known || known.deletedAt) throw commentNotFound('commentId');
    return { ...known, score: await setVote(tx, 'comment', commentId, viewer.id, vote) };
  });
  return { comment };
}
