import { appendEvents } from '@civitas/platform/events';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import { rolesChanged } from './events.ts';

/**
 * Tells of somebody's roles again, in the transaction that gave them a second factor or took their last:
 * whether roles count may hang on it. Of who has none nothing is told.
 */
export async function tellOfRoles(
  ctx: Pick<IdentityContext, 'now'>,
  tx: IdentityTransaction,
  userId: string,
): Promise<void> {
  const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
  if (user.roles.length > 0) await appendEvents(tx, [rolesChanged(user, ctx.now())]);
}
