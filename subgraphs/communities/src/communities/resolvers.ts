import { answerWithFailures } from '@civitas/platform/errors';
import { toConnection } from '@civitas/platform/pagination';
import type { Resolvers } from '../generated/resolvers.ts';
import { createCommunity } from './create-community.ts';
import { communityOrders } from './queries.ts';
import { findCommunity, findCommunityBySlug, listCommunities } from './service.ts';

export const resolvers: Resolvers = {
  Query: {
    community: (_, { id }, ctx) => findCommunity(ctx, id),
    communityBySlug: (_, { slug }, ctx) => findCommunityBySlug(ctx, slug),
    communities: async (_, args, ctx) => {
      const { list, keyOf } = communityOrders[args.order];
      const rows = await listCommunities(ctx, args);
      return toConnection(list, rows, args.first, (row) => ({ key: keyOf(row), node: row }));
    },
  },
  Community: {
    __resolveReference: ({ id }, ctx) => findCommunity(ctx, id),
    founder: ({ founderId }) => ({ id: founderId }),
  },
  Mutation: {
    createCommunity: (_, { input }, ctx) =>
      answerWithFailures('CreateCommunitySuccess', () => createCommunity(ctx, input)),
  },
};
