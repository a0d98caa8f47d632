import { appendEvents } from '@civitas/platform/events';
import { requireUser } from '@civitas/platform/subgraph';
import type { IdentityContext } from '../context.ts';
import type { User } from '../generated/prisma/client.ts';
import { lockUser } from '../people/index.ts';
import { profileChanged } from '../profiles/index.ts';

/**
 * Takes the viewer's picture away (`identity.user.profile-changed`); who has none keeps none.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 */
export async function removeAvatar(ctx: IdentityContext): Promise<{ user: User }> {
  const { id } = requireUser(ctx);
  const user = await ctx.db.inTransaction(async (tx) => {
    const owner = await lockUser(tx, id);
    const { count } = await tx.avatar.deleteMany({ where: { userId: id } });
    if (count > 0) await appendEvents(tx, [profileChanged(owner, ctx.now())]);
    return owner;
  });
  ctx.loaders.avatarByUser.clear(id);
  return { user };
}
