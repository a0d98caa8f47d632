import { appendEvents } from '@civitas/platform/events';
import { changeInTransaction } from '@civitas/platform/loaders';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import { communityNotFound } from '../communities/index.ts';
import type { CommunitiesContext } from '../context.ts';
import type { Community } from '../generated/prisma/client.ts';
import type { CommunityRole } from '../generated/resolvers.ts';
import { communityJoined } from './events.ts';
import { roleOf } from './role.ts';

const joinCommunityInput = z.object({ communityId: idOf('com') });

/**
 * Makes the viewer a member, or leaves them the member they are; emits
 * `communities.community.joined` when they were none.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 * @throws UserFailure `InvalidInput`, `CommunityNotFound`.
 */
export async function joinCommunity(
  ctx: CommunitiesContext,
  input: unknown,
): Promise<{ community: Community; role: CommunityRole }> {
  const { id: userId } = requireUser(ctx);
  const { communityId } = parseInput(joinCommunityInput, input);
  return changeInTransaction(ctx, async (tx) => {
    // One statement counts exactly the memberships that it makes. It takes the membership before
    // the community, as leaving does, so the two never wait for each other.
    const joined = await tx.$executeRaw`
      WITH joined AS (
        INSERT INTO membership (community_id, user_id, joined_at)
        SELECT id, ${userId}, ${ctx.now()}::timestamptz FROM community WHERE id = ${communityId}
        ON CONFLICT DO NOTHING
        RETURNING community_id
      )
      UPDATE community SET member_count = member_count + 1
      FROM joined WHERE community.id = joined.community_id`;
    if (joined > 0) await appendEvents(tx, [communityJoined({ communityId, userId }, ctx.now())]);
    const membership = await tx.membership.findUnique({
      where: { communityId_userId: { communityId, userId } },
      include: { community: true },
    });
    if (!membership) throw communityNotFound();
    return { community: membership.community, role: roleOf(membership.community, membership) };
  });
}
