import { isUniqueViolation } from '@civitas/platform/database';
import { appendEvents } from '@civitas/platform/events';
import { newId } from '@civitas/platform/ids';
import { changeInTransaction } from '@civitas/platform/loaders';
import { requireUser } from '@civitas/platform/subgraph';
import { parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { CommunitiesContext } from '../context.ts';
import type { Community } from '../generated/prisma/client.ts';
import { slugTaken } from './errors.ts';
import { communityCreated } from './events.ts';
import { slug } from './slug.ts';

const createCommunityInput = z.object({
  name: text({ max: 80 }),
  slug,
  description: text({ min: 0, max: 2000, multiline: true }),
});

/**
 * Founds a community with the viewer as its first member, in one transaction; emits
 * `communities.community.created`.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 * @throws UserFailure `InvalidInput`, `CommunitySlugTaken`.
 */
export async function createCommunity(
  ctx: CommunitiesContext,
  input: unknown,
): Promise<{ community: Community }> {
  const viewer = requireUser(ctx);
  const chosen = parseInput(createCommunityInput, input);
  const now = ctx.now();
  try {
    const community = await changeInTransaction(ctx, async (tx) => {
      const row = { id: newId('com'), ...chosen, founderId: viewer.id, createdAt: now };
      // Counted from the start: the foreign key to the founder's membership is checked at commit.
      const founded = await tx.community.create({ data: { ...row, memberCount: 1 } });
      await tx.membership.create({
        data: { communityId: founded.id, userId: viewer.id, joinedAt: now },
      });
      await appendEvents(tx, [communityCreated(founded)]);
      return founded;
    });
    return { community };
  } catch (error) {
    // Only the database can tell when two choose the same address at once.
    if (isUniqueViolation(error, 'slug')) throw slugTaken();
    throw error;
  }
}
