import { answerWithFailures } from '@civitas/platform/errors';
import { parseId } from '@civitas/platform/ids';
import type { PlatformRole, Resolvers } from '../generated/resolvers.ts';
import { presentRights, rolesInForce } from './rights-in-force.ts';
import { grantRole, revokeRole } from './service.ts';

const withRoles = async (change: ReturnType<typeof grantRole>) => {
  const { user } = await change;
  return { user, roles: user.roles };
};

export const resolvers: Resolvers = {
  Query: {
    presentRights: async (_, { userId }, ctx) => {
      const rights = await presentRights(ctx, ctx.db.client, parseId('usr', userId, 'userId'));
      return rights && { ...rights, roles: rights.roles as PlatformRole[] };
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
    rolesWaitForSecondFactor: async ({ userId }, _, ctx) => {
      const user = await ctx.loaders.userById.load(userId);
      if (!user || user.roles.length === 0) return false;
      return (await rolesInForce(ctx, ctx.db.client, user)).length === 0;
    },
  },
};
