import { keyedLoader } from '@civitas/platform/loaders';
import type { IdentityDatabase } from '../context.ts';

/** Says nothing about whether the viewer may see the picture. */
export function createAvatarLoaders(db: IdentityDatabase) {
  return {
    avatarByUser: keyedLoader(
      (userIds) => db.client.avatar.findMany({ where: { userId: { in: [...userIds] } } }),
      ({ userId }) => userId,
    ),
  };
}
