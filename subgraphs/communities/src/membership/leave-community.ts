import { UserFailure } from '@civitas/platform/errors';
import { appendEvents } from '@civitas/platform/events';
import { changeInTransaction } from '@civitas/platform/loaders';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import { communityNotFound } from '../communities/index.ts';
import type { CommunitiesContext } from '../context.ts';
import type { Community } from '../generated/prisma/client.ts';
import { communityLeft } from './events.ts';

const leaveCommunityInput = z.object({ communityId: idOf('com') });

/**
 * Ends the viewer's membership, when there is one; then emits `communities.community.left`.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 * @throws UserFailure `InvalidInput`, `CommunityNotFound`, `FounderCannotLeave`.
 */
export async function leaveCommunity(
  ctx: CommunitiesContext,
  input: unknown,
): Promise<{ community: Community }> {
  const { id: userId } = requireUser(ctx);
  const { communityId } = parseInput(leaveCommunityInput, input);
  const community = await changeInTransaction(ctx, async (tx) => {
    // A founder stays the founder, so this needs no lock; the database would refuse as well.
    const known = await tx.community.findUnique({ where: { id: communityId } });
    if (!known) throw communityNotFound();
    if (known.founderId === userId) throw founderCannotLeave();
    const left = await tx.$executeRaw`
      WITH gone AS (
        DELETE FROM membership WHERE community_id = ${communityId} AND user_id = ${userId}
        RETURNING community_id
      )
      UPDATE community SET member_count = member_count - 1
      FROM gone WHERE community.id = gone.community_id`;
    if (left > 0) await appendEvents(tx, [communityLeft({ communityId, userId }, ctx.now())]);
    return tx.community.findUniqueOrThrow({ where: { id: communityId } });
  });
  return { community };
}

function founderCannotLeave(): UserFailure {
  return new UserFailure('FounderCannotLeave', 'Whoever founded a community cannot leave it.', [
    'input',
    'communityId',
  ]);
}
