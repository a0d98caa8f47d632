import { afterKey, cursorList, cursorTypes, type Page } from '@civitas/platform/pagination';
import { communityColumns } from '../communities/index.ts';
import type { CommunitiesDatabase } from '../context.ts';
import type { Community, Membership } from '../generated/prisma/client.ts';

export const membersList = cursorList('Community.members', [
  cursorTypes.instant,
  cursorTypes.id('usr'),
]);

export const userCommunitiesList = cursorList('User.communities', [
  cursorTypes.instant,
  cursorTypes.id('com'),
]);

type Keyset = readonly [Date, string];

/** A membership together with the community it is in. */
export type MembershipWithCommunity = Omit<Membership, 'communityId'> & Community;

/** One page for each of many communities, `first + 1` rows each, in one statement on one index. */
export async function fetchMembers(
  db: CommunitiesDatabase,
  communityIds: readonly string[],
  { first, after }: Page<Keyset>,
): Promise<ReadonlyMap<string, Membership[]>> {
  const rows = await db.client.$queryRaw<Membership[]>`
    SELECT page.community_id AS "communityId",
           page.user_id      AS "userId",
           page.role,
           page.joined_at    AS "joinedAt"
    FROM unnest(${communityIds}::text[]) AS parent (id)
    CROSS JOIN LATERAL (
      SELECT * FROM membership
      WHERE community_id = parent.id ${afterKey(['joined_at', 'user_id'], after, 'oldest first')}
      ORDER BY joined_at, user_id
      LIMIT ${first + 1}
    ) AS page`;
  return Map.groupBy(rows, (row) => row.communityId);
}

/** The same from the side of the people, with the communities they are in. */
export async function fetchCommunitiesOfUsers(
  db: CommunitiesDatabase,
  userIds: readonly string[],
  { first, after }: Page<Keyset>,
): Promise<ReadonlyMap<string, MembershipWithCommunity[]>> {
  const rows = await db.client.$queryRaw<MembershipWithCommunity[]>`
    SELECT page.user_id   AS "userId",
           page.role,
           page.joined_at AS "joinedAt",
           ${communityColumns}
    FROM unnest(${userIds}::text[]) AS parent (id)
    CROSS JOIN LATERAL (
      SELECT * FROM membership
      WHERE user_id = parent.id ${afterKey(['joined_at', 'community_id'], after, 'newest first')}
      ORDER BY joined_at DESC, community_id DESC
      LIMIT ${first + 1}
    ) AS page
    JOIN community ON community.id = page.community_id
    ORDER BY page.user_id, page.joined_at DESC, page.community_id DESC`;
  return Map.groupBy(rows, (row) => row.userId);
}
