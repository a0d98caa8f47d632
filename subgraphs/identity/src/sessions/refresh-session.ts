import { UserFailure } from '@civitas/platform/errors';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { RefreshToken, Session, User } from '../generated/prisma/client.ts';
import { fullProofOf } from '../proofs/index.ts';
import { throttleRules } from '../throttling/index.ts';
import { endStolenSession } from './end-sessions.ts';
import { type IssuedSession, issueTokens } from './issue-tokens.ts';
import { GRACE_MS, IDLE_MS } from './lifetimes.ts';
import { networkOf } from './network.ts';
import { forgetSession, refreshTokenIn } from './session-cookies.ts';
import { hashRefreshToken } from './token-issuer.ts';

type Outcome = { readonly session: Session & { user: User }; readonly token: string } | 'ended';

/**
 * Trades a refresh token for its successor. The row lock on the session makes parallel refreshes
 * take turns: the first one rotates, those that follow within the grace find themselves one
 * generation behind and get the same successor. A token two or more generations behind, or one
 * behind after the grace, was copied: the whole session ends.
 *
 * @param given null or absent for the one in the client's cookies.
 * @throws UserFailure `SessionEnded`, the same for every reason; `TooManyAttempts`.
 */
export async function refreshSession(
  ctx: IdentityContext,
  given: string | null | undefined,
): Promise<IssuedSession> {
  const refreshToken = given ?? refreshTokenIn(ctx.cookies) ?? '';
  const known = await ctx.db.client.refreshToken.findUnique({
    where: { hash: hashRefreshToken(refreshToken) },
  });
  // Counted per session: one that was never given out has 256 bits to guess.
  if (known) await ctx.throttle.reserve(throttleRules.refresh, known.sessionId);
  const outcome = known
    ? await ctx.db.inTransaction((tx) => rotate(ctx, tx, known, refreshToken))
    : 'ended';
  // Thrown outside, because the revocation has to be committed.
  if (outcome === 'ended') {
    if (given == null) forgetSession(ctx.cookies);
    throw new UserFailure('SessionEnded', 'This session has ended. Sign in again.', [
      'input',
      'refreshToken',
    ]);
  }
  const { session, token } = outcome;
  const provedAt = await fullProofOf(ctx, session);
  return issueTokens(ctx, session.user, { ...session, provedAt }, token);
}

async function rotate(
  ctx: IdentityContext,
  tx: IdentityTransaction,
  known: RefreshToken,
  presented: string,
): Promise<Outcome> {
  await tx.$queryRaw`SELECT id FROM session WHERE id = ${known.sessionId} FOR UPDATE`;
  const session = await tx.session.findUniqueOrThrow({
    where: { id: known.sessionId },
    include: { user: true },
  });
  const now = ctx.now();
  if (!isAlive(session, now)) return 'ended';
  const token = ctx.tokens.nextRefreshToken(presented);
  const behind = session.generation - known.generation;
  if (behind === 0) return { session: await advance(ctx, tx, session, token), token };
  if (behind === 1 && now.getTime() - session.rotatedAt.getTime() <= GRACE_MS) {
    return { session, token };
  }
  await endStolenSession(ctx, tx, session);
  ctx.log.warn({ sessionId: session.id, behind }, 'an old refresh token came back; session ended');
  return 'ended';
}

function advance(ctx: IdentityContext, tx: IdentityTransaction, session: Session, token: string) {
  const network = networkOf(ctx.clientAddress);
  const generation = session.generation + 1;
  return tx.session.update({
    where: { id: session.id },
    data: {
      generation,
      rotatedAt: ctx.now(),
      inCookies: ctx.cookies !== undefined,
      ...(ctx.userAgent !== undefined && { userAgent: ctx.userAgent }),
      ...(network !== null && { network }),
      refreshTokens: { create: { hash: hashRefreshToken(token), generation } },
    },
    include: { user: true },
  });
}

function isAlive(session: Session, now: Date): boolean {
  return (
    session.revokedAt === null &&
    session.expiresAt > now &&
    now.getTime() - session.rotatedAt.getTime() < IDLE_MS
  );
}
