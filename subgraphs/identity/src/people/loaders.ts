import { keyedLoader } from '@civitas/platform/loaders';
import type { IdentityDatabase } from '../context.ts';

export function createPeopleLoaders(db: IdentityDatabase) {
  const accountByUser = keyedLoader(
    (userIds) =>
      db.client.account.findMany({
        where: { userId: { in: [...userIds] }, emailVerifiedAt: { not: null } },
        select: { userId: true, email: true },
      }),
    (account) => account.userId,
  );
  return {
    userById: keyedLoader(
      (ids) => db.client.user.findMany({ where: { id: { in: [...ids] } } }),
      (user) => user.id,
    ),
    /** An address that the person has shown to be theirs; others could be anybody's. */
    confirmedEmail: {
      load: async (userId: string) => (await accountByUser.load(userId))?.email ?? null,
    },
  };
}
