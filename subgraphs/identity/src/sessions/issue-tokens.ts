import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { Session, User } from '../generated/prisma/client.ts';
import { asInForce } from '../roles/index.ts';
import { refreshExpiry } from './lifetimes.ts';

/** A session and the tokens that open it, for `deliverSession` to hand to whoever asked. */
export interface IssuedSession {
  readonly sessionId: string;
  readonly access: IssuedToken;
  readonly refresh: IssuedToken;
}

interface IssuedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Who a session is for. */
export type SessionOwner = Pick<User, 'id' | 'kind' | 'roles' | 'verified'>;

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
    access: await ctx.tokens.accessToken(await asInForce(ctx, db, user), session, ctx.now()),
    refresh: { token: refreshToken, expiresAt },
  };
}
