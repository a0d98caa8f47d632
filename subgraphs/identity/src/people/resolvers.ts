import { toConnection } from '@civitas/platform/pagination';
import type { User } from '../generated/prisma/client.ts';
import type { Resolvers } from '../generated/resolvers.ts';
import { usersList } from './queries.ts';
import { findUser, listUsers, resolveUserReference } from './service.ts';
import { visibleAddress, visibleFields } from './visible-fields.ts';

const typenames = {
  CIVILIAN: 'Civilian',
  MERCHANT: 'Merchant',
  OFFICER: 'Officer',
  FAMILY: 'Family',
  DONOR: 'Donor',
} as const;

function reference(kind: User['kind'] | null) {
  return {
    __resolveReference: async (
      { id }: { readonly id: string },
      ctx: Parameters<typeof findUser>[0],
    ) => {
      const user = await resolveUserReference(ctx, { id });
      return kind === null || user?.kind === kind ? user : null;
    },
  };
}

export const resolvers: Resolvers = {
  Query: {
    user: (_, { id }, ctx) => findUser(ctx, id),
    users: async (_, { kind, first, after }, ctx) =>
      toConnection(
        usersList,
        await listUsers(ctx, { kind: kind ?? null, first, after }),
        first,
        (user) => ({ key: [user.joinedAt, user.id], node: user }),
      ),
  },
  User: { __resolveType: ({ kind }) => typenames[kind], ...reference(null) },
  Civilian: { ...visibleFields, ...reference('CIVILIAN') },
  Merchant: { ...visibleFields, ...reference('MERCHANT') },
  Officer: { ...visibleFields, ...reference('OFFICER') },
  Family: { ...visibleFields, address: visibleAddress, ...reference('FAMILY') },
  Donor: { ...visibleFields, ...reference('DONOR') },
};
