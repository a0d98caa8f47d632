import { answerWithFailures } from '@civitas/platform/errors';
import { toConnection } from '@civitas/platform/pagination';
import type { Resolvers } from '../generated/resolvers.ts';
import { joinCommunity } from './join-community.ts';
import { leaveCommunity } from './leave-community.ts';
import { membersList, userCommunitiesList } from './queries.ts';
import { roleOf } from './role.ts';
import { isViewerMember, listCommunitiesOf, listMembers, referToUser } from './service.ts';

export const resolvers: Resolvers = {
  User: {
    __resolveReference: (reference) => referToUser(reference),
    communities: async (user, args, ctx) => {
      const rows = await listCommunitiesOf(ctx, user, args);
      return toConnection(userCommunitiesList, rows, args.first, (row) => ({
        key: [row.joinedAt, row.id],
        node: row,
        edge: { joinedAt: row.joinedAt, role: roleOf(row, row) },
      }));
    },
  },
  Community: {
    viewerIsMember: (community, _, ctx) => isViewerMember(ctx, community),
    members: async (community, args, ctx) => {
      const rows = await listMembers(ctx, community, args);
      return toConnection(membersList, rows, args.first, (row) => ({
        key: [row.joinedAt, row.userId],
        node: { id: row.userId },
        edge: { joinedAt: row.joinedAt, role: roleOf(community, row) },
      }));
    },
  },
  Mutation: {
    joinCommunity: (_, { input }, ctx) =>
      answerWithFailures('JoinCommunitySuccess', () => joinCommunity(ctx, input)),
    leaveCommunity: (_, { input }, ctx) =>
      answerWithFailures('LeaveCommunitySuccess', () => leaveCommunity(ctx, input)),
  },
};
