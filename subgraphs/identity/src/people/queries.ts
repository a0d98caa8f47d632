import { cursorList, cursorTypes, type Page, whereAfterKey } from '@civitas/platform/pagination';
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
      ...whereAfterKey(['joinedAt', 'id'], after, 'newest first'),
    },
    orderBy: [{ joinedAt: 'desc' }, { id: 'desc' }],
    take: first + 1,
  });
}
