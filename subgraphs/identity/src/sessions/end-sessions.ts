import type { IdentityContext, IdentityTransaction } from '../context.ts';

/**
 * Ends a person's sessions, and sign-ins under way, in the caller's transaction. Their refresh tokens are worthless at once,
 * their access tokens within five minutes.
 *
 * @returns how many were alive.
 */
export async function endSessions(
  ctx: IdentityContext,
  tx: IdentityTransaction,
  userId: string,
  { except }: { readonly except?: string } = {},
): Promise<number> {
  const now = ctx.now();
  await tx.signInChallenge.deleteMany({ where: { userId } });
  const { count } = await tx.session.updateMany({
    where: {
      userId,
      revokedAt: null,
      expiresAt: { gt: now },
      ...(except && { id: { not: except } }),
    },
    data: { revokedAt: now },
  });
  return count;
}
