import { cursorList, cursorTypes, type Page } from '@civitas/platform/pagination';
import type { IdentityDatabase } from '../context.ts';
import type { User, UserKind } from '../generated/prisma/client.ts';

export const usersList = cursorList('Query.users', [cursorTypes.instant, cursorTypes.id('usr')]);

export function fetchUsers(
  db: IdentityDatabase,
  kind: UserKind | null,
  { first, after }: Page<readonly [Date, string]>,
): Promise<User[]> {
  return db.client.user.findMany({
    where: {
      // Who keeps out of search keeps out of lists, too.
      searchVisibility: 'PUBLIC',
      ...(kind && { kind }),
      ...(after && {
        OR: [{ joinedAt: { lt: after[0] } }, { joinedAt: after[0], id: { lt: after[1] } }],
      }),
    },
    orderBy: [{ joinedAt: 'desc' }, { id: 'desc' }],
    take: first + 1,
  });
}
