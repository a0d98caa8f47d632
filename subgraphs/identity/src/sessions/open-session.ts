import { newId } from '@civitas/platform/ids';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { ProofMethod, Session, User } from '../generated/prisma/client.ts';
import { hasSecondFactor, isSecondFactor } from '../proofs/index.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { ABSOLUTE_MS, refreshExpiry } from './lifetimes.ts';
import { hashRefreshToken } from './token-issuer.ts';

export interface SessionTokens {
  readonly sessionId: string;
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  readonly refreshToken: string;
  readonly refreshTokenExpiresAt: Date;
}

interface SignInFacts {
  readonly deviceName: string | null;
  /** The last thing they showed, which decides whether a second factor is still due. */
  readonly provedBy: ProofMethod;
}

/**
 * Starts a session for somebody who has just proved who they are, in the caller's transaction, and
 * notes it in the log of the account. Every way in ends here, so none can skip a second factor.
 */
export async function openSession(
  ctx: IdentityContext,
  tx: IdentityTransaction,
  user: User,
  { deviceName, provedBy }: SignInFacts,
): Promise<SessionTokens> {
  if (!isSecondFactor(provedBy) && (await hasSecondFactor(tx, user.id))) {
    throw new Error('A session was about to open without the second factor.');
  }
  const now = ctx.now();
  const refreshToken = ctx.tokens.firstRefreshToken();
  const session = await tx.session.create({
    data: {
      id: newId('ses'),
      userId: user.id,
      deviceName,
      createdAt: now,
      rotatedAt: now,
      provedAt: now,
      provedBy,
      expiresAt: new Date(now.getTime() + ABSOLUTE_MS),
      refreshTokens: { create: { hash: hashRefreshToken(refreshToken), generation: 1 } },
    },
  });
  await recordSecurityEvent(ctx, tx, {
    userId: user.id,
    type: 'SIGNED_IN',
    sessionId: session.id,
    ...(deviceName !== null && { subject: deviceName }),
  });
  return tokensOf(ctx, user, session, refreshToken);
}

/** What the client of a session gets, with a fresh access token. */
export async function tokensOf(
  ctx: IdentityContext,
  user: User,
  session: Session,
  refreshToken: string,
): Promise<SessionTokens> {
  const access = await ctx.tokens.accessToken(user, session.id, ctx.now());
  return {
    sessionId: session.id,
    accessToken: access.token,
    accessTokenExpiresAt: access.expiresAt,
    refreshToken,
    refreshTokenExpiresAt: refreshExpiry(session.rotatedAt, session.expiresAt),
  };
}
