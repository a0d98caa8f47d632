import { appendEvents } from '@civitas/platform/events';
import { changeInTransaction } from '@civitas/platform/loaders';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { CommunitiesContext } from '../context.ts';
import type { Post } from '../generated/prisma/client.ts';
import { assertMayModerate } from '../membership/index.ts';
import { postNotFound } from './errors.ts';
import { postDeleted } from './events.ts';
import { lockPost } from './queries.ts';

const deletePostInput = z.object({ postId: idOf('pst') });

/**
 * Turns a post into a tombstone and takes it out of the community's count, in one transaction; emits
 * `communities.post.deleted`.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN` for anybody but the author and those who
 * moderate the community.
 * @throws UserFailure `InvalidInput`, `PostNotFound`.
 */
export async function deletePost(ctx: CommunitiesContext, input: unknown): Promise<{ post: Post }> {
  const viewer = requireUser(ctx);
  const { postId } = parseInput(deletePostInput, input);
  const post = await changeInTransaction(ctx, async (tx) => {
    const known = await lockPost(tx, postId);
    if (!known) throw postNotFound();
    if (known.authorId !== viewer.id) await assertMayModerate(tx, known.communityId, viewer.id);
    if (known.deletedAt) return known;
    await tx.community.update({
      where: { id: known.communityId },
      data: { postCount: { decrement: 1 } },
    });
    await appendEvents(tx, [postDeleted(known, ctx.now())]);
    return tx.post.update({
      where: { id: postId },
      data: { title: null, body: null, deletedAt: ctx.now(), deletedById: viewer.id },
    });
  });
  return { post };
}
