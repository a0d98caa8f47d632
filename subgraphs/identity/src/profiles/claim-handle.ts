import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { FormerHandle } from '../generated/prisma/client.ts';
import { handleLook } from './handle.ts';

/**
 * Says whether a handle, and what looks like it, is free of former owners for this person, and makes everybody else who wants
 * it wait for the caller's transaction. That nobody has it now is for the unique index to say.
 *
 * @param userId null for somebody who registers.
 */
export async function claimHandle(
  ctx: IdentityContext,
  tx: IdentityTransaction,
  handle: string,
  userId: string | null,
): Promise<boolean> {
  const look = handleLook(handle);
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`identity.handle:${look}`}, 0))`;
  const former = await tx.$queryRaw<Pick<FormerHandle, 'handle' | 'userId' | 'until'>[]>`
    SELECT handle, user_id AS "userId", until FROM former_handle WHERE handle_look(handle) = ${look}`;
  if (former.some(({ userId: owner, until }) => owner !== userId && until > ctx.now()))
    return false;
  // One's own former handle that merely looks like this one still leads here.
  const now = ctx.now();
  const ended = former.filter((each) => each.handle === handle || each.until <= now);
  await tx.formerHandle.deleteMany({ where: { handle: { in: ended.map((each) => each.handle) } } });
  return true;
}
