import { groupedLoader, keyedLoader } from '@civitas/platform/loaders';
import type { Page } from '@civitas/platform/pagination';
import type { Viewer } from '@civitas/platform/subgraph';
import type { CommunitiesDatabase } from '../context.ts';
import type { Membership } from '../generated/prisma/client.ts';
import { fetchCommunitiesOfUsers, fetchMembers, type MembershipWithCommunity } from './queries.ts';

type KeysetPage = Page<readonly [Date, string]>;

export function createMembershipLoaders(db: CommunitiesDatabase, viewer: Viewer) {
  return {
    membersOfCommunity: groupedLoader<KeysetPage, Membership[]>(
      (communityIds, page) => fetchMembers(db, communityIds, page),
      () => [],
    ),
    communitiesOfUser: groupedLoader<KeysetPage, MembershipWithCommunity[]>(
      (userIds, page) => fetchCommunitiesOfUsers(db, userIds, page),
      () => [],
    ),
    /** The viewer's own membership, by community; there is none for somebody anonymous. */
    viewerMembership: keyedLoader(
      async (communityIds) =>
        viewer.type === 'user'
          ? db.client.membership.findMany({
              where: { userId: viewer.id, communityId: { in: [...communityIds] } },
            })
          : [],
      (membership) => membership.communityId,
    ),
  };
}
