import { appendEvents } from '@civitas/platform/events';
import { newId } from '@civitas/platform/ids';
import { changeInTransaction } from '@civitas/platform/loaders';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import { communityNotFound } from '../communities/index.ts';
import type { CommunitiesContext, CommunitiesTransaction } from '../context.ts';
import type { Post } from '../generated/prisma/client.ts';
import { notCommunityMember } from './errors.ts';
import { postCreated } from './events.ts';

const createPostInput = z.object({
  communityId: idOf('com'),
  title: text({ max: 200 }),
  body: text({ max: 40_000, multiline: true }),
});

/**
 * Posts in a community and counts it there, in one transaction; emits `communities.post.created`.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 * @throws UserFailure `InvalidInput`, `CommunityNotFound`, `NotCommunityMember`.
 */
export async function createPost(ctx: CommunitiesContext, input: unknown): Promise<{ post: Post }> {
  const viewer = requireUser(ctx);
  const written = parseInput(createPostInput, input);
  const post = await changeInTransaction(ctx, async (tx) => {
    await assertMember(tx, written.communityId, viewer.id);
    const created = await tx.post.create({
      data: { id: newId('pst'), ...written, authorId: viewer.id, createdAt: ctx.now() },
    });
    await tx.community.update({
      where: { id: written.communityId },
      data: { postCount: { increment: 1 } },
    });
    await appendEvents(tx, [postCreated(created)]);
    return created;
  });
  return { post };
}

async function assertMember(
  tx: CommunitiesTransaction,
  communityId: string,
  userId: string,
): Promise<void> {
  const membership = await tx.membership.findUnique({
    where: { communityId_userId: { communityId, userId } },
  });
  if (membership) return;
  const community = await tx.community.findUnique({ where: { id: communityId } });
  throw community ? notCommunityMember() : communityNotFound();
}
