import { answerWithFailures } from '@civitas/platform/errors';
import { parseId } from '@civitas/platform/ids';
import type { PlatformRole, Resolvers } from '../generated/resolvers.ts';
import { policiesOf } from '../policies/index.ts';
import { grantRole, revokeRole } from './service.ts';

const withRoles = async (change: ReturnType<typeof grantRole>) => {
  const { user } = await change;
  return { user, roles: user.roles };
};

export const resolvers: Resolvers = {
  Query: {
    presentRights: async (_, { userId }, ctx) => {
      const user = await ctx.loaders.userById.load(parseId('usr', userId, 'userId'));
      if (!user || user.erasedAt) return null;
      return { roles: user.roles as PlatformRole[], policies: policiesOf(user) };
    },
  },
  Mutation: {
    grantRole: (_, { input }, ctx) =>
      answerWithFailures('RoleChange', () => withRoles(grantRole(ctx, input))),
    revokeRole: (_, { input }, ctx) =>
      answerWithFailures('RoleChange', () => withRoles(revokeRole(ctx, input))),
  },
  Account: {
    // A check of the column admits no others.
    roles: async ({ userId }, _, ctx) =>
      ((await ctx.loaders.userById.load(userId))?.roles ?? []) as PlatformRole[],
  },
};
