import type { IdentityContext, IdentityTransaction } from '../context.ts';

/**
 * Says whether a handle is free of former owners for this person, and makes everybody else who wants
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
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`identity.handle:${handle}`}, 0))`;
  const former = await tx.formerHandle.findUnique({ where: { handle } });
  if (!former) return true;
  if (former.userId !== userId && former.until > ctx.now()) return false;
  await tx.formerHandle.delete({ where: { handle } });
  return true;
}
