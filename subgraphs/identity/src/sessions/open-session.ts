import { newId } from '@civitas/platform/ids';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { ProofMethod, Session, User } from '../generated/prisma/client.ts';
import { isSecondFactor } from '../proofs/index.ts';
import { asInForce } from '../roles/index.ts';
import { ABSOLUTE_MS, refreshExpiry } from './lifetimes.ts';
import { networkOf } from './network.ts';
import { hashRefreshToken } from './token-issuer.ts';

/** A session and the tokens that open it, for `deliverSession` to hand to whoever asked. */
export interface IssuedSession {
  readonly sessionId: string;
  readonly userId: string;
  /** The account's address, where it is known anyway. */
  readonly email?: string;
  readonly access: IssuedToken;
  readonly refresh: IssuedToken;
}

interface IssuedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

interface SignInFacts {
  readonly deviceName: string | null;
  /** The last thing they showed, which decides whether a second factor is still due. */
  readonly provedBy: ProofMethod;
}

/** Who a session is for. */
export type SessionOwner = Pick<User, 'id' | 'kind' | 'roles' | 'verified'>;

/** No session was opened. Only who has asked for nothing but the first factor expects it. */
export class SecondFactorDue extends Error {}

/**
 * Starts a session for somebody who has just proved who they are, and notes it in the log of the
 * account. Every way in ends here, so none can skip a second factor. One statement, because signing in
 * is what this database does most: alone it needs no transaction around it.
 *
 * @throws SecondFactorDue where the account has a second factor and something else was shown.
 * @param db the caller's transaction, or the client where nothing else changes.
 */
export async function openSession(
  ctx: IdentityContext,
  db: Pick<IdentityTransaction, '$queryRaw'>,
  user: SessionOwner,
  { deviceName, provedBy }: SignInFacts,
): Promise<IssuedSession> {
  const now = ctx.now();
  const id = newId('ses');
  const expiresAt = new Date(now.getTime() + ABSOLUTE_MS);
  const refreshToken = ctx.tokens.firstRefreshToken();
  const opened = await db.$queryRaw<unknown[]>`/* prepared as open-session */
    WITH opened AS (
      INSERT INTO session (id, user_id, device_name, user_agent, network, created_at, rotated_at,
                           proved_at, proved_by, expires_at)
      SELECT ${id}, ${user.id}, ${deviceName}, ${ctx.userAgent ?? null},
             ${networkOf(ctx.clientAddress)}, ${now}, ${now}, ${now}, ${provedBy}::proof_method,
             ${expiresAt}
      WHERE ${isSecondFactor(provedBy)} OR NOT (
        EXISTS (SELECT FROM totp_authenticator
                WHERE user_id = ${user.id} AND confirmed_at IS NOT NULL)
        OR EXISTS (SELECT FROM passkey WHERE user_id = ${user.id}))
      RETURNING id
    ), token AS (
      INSERT INTO refresh_token (hash, session_id, generation)
      SELECT ${hashRefreshToken(refreshToken)}, id, 1 FROM opened
    ), noted AS (
      INSERT INTO security_event (id, user_id, type, session_id, subject, occurred_at)
      SELECT ${newId('sev')}, ${user.id}, 'SIGNED_IN', id, ${deviceName}, ${now} FROM opened
    )
    SELECT id FROM opened`;
  if (opened.length === 0) {
    throw new SecondFactorDue('A session was about to open without the second factor.');
  }
  // Whatever the account asks for was shown, or nothing would be open.
  const session = { id, rotatedAt: now, expiresAt, provedAt: now };
  return issueTokens(ctx, user, session, refreshToken, db);
}

/** What the client of a session gets, with a fresh access token. */
export async function issueTokens(
  ctx: IdentityContext,
  user: SessionOwner,
  session: Pick<Session, 'id' | 'rotatedAt' | 'expiresAt'> & { readonly provedAt: Date | null },
  refreshToken: string,
  db: Pick<IdentityTransaction, '$queryRaw'> = ctx.db.client,
): Promise<IssuedSession> {
  const expiresAt = refreshExpiry(session.rotatedAt, session.expiresAt);
  return {
    sessionId: session.id,
    userId: user.id,
    access: await ctx.tokens.accessToken(await asInForce(ctx, db, user), session, ctx.now()),
    refresh: { token: refreshToken, expiresAt },
  };
}
