import { keyedLoader } from '@civitas/platform/loaders';
import type { IdentityDatabase } from '../context.ts';

export function createPeopleLoaders(db: IdentityDatabase) {
  return {
    userById: keyedLoader(
      (ids) => db.client.user.findMany({ where: { id: { in: [...ids] } } }),
      (user) => user.id,
    ),
  };
}
