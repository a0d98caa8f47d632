import { CivitasError } from '@civitas/platform/errors';
import type { CommunitiesTransaction } from '../context.ts';
import type { Community, Membership } from '../generated/prisma/client.ts';
import type { CommunityRole } from '../generated/resolvers.ts';

/** What a member is; that somebody is the founder is said by the community alone. */
export function roleOf(
  { founderId }: Pick<Community, 'founderId'>,
  { userId, role }: Pick<Membership, 'userId' | 'role'>,
): CommunityRole {
  return userId === founderId ? 'FOUNDER' : role;
}

/** @throws CivitasError `FORBIDDEN` unless this person founded or moderates the community. */
export async function assertMayModerate(
  tx: CommunitiesTransaction,
  communityId: string,
  userId: string,
): Promise<void> {
  const membership = await tx.membership.findUnique({
    where: { communityId_userId: { communityId, userId } },
    include: { community: { select: { founderId: true } } },
  });
  if (!membership || roleOf(membership.community, membership) === 'MEMBER') {
    throw new CivitasError('FORBIDDEN');
  }
}
