import { changeInTransaction } from '@civitas/platform/loaders';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { CommunitiesContext } from '../context.ts';
import type { Post } from '../generated/prisma/client.ts';
import { lockPost, postNotFound } from '../posts/index.ts';
import { setVote } from './queries.ts';
import { voteValue } from './vote.ts';

const voteOnPostInput = z.object({ postId: idOf('pst'), vote: voteValue });

/**
 * Sets the viewer's vote on a standing post; the score follows in the same transaction.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 * @throws UserFailure `InvalidInput`, `PostNotFound`.
 */
export async function voteOnPost(ctx: CommunitiesContext, input: unknown): Promise<{ post: Post }> {
  const viewer = requireUser(ctx);
  const { postId, vote } = parseInput(voteOnPostInput, input);
  const post = await changeInTransaction(ctx, async (tx) => {
    const known = await lockPost(tx, postId);
    if (!known || known.deletedAt) throw postNotFound();
    return { ...known, score: await setVote(tx, 'post', postId, viewer.id, vote) };
  });
  return { post };
}
