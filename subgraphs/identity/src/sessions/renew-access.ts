import type { IdentityContext } from '../context.ts';
import type { Session } from '../generated/prisma/client.ts';
import { fullProofOf } from '../proofs/index.ts';
import { asInForce } from '../roles/index.ts';
import { refreshExpiry } from './lifetimes.ts';
import { keepAccessInCookie } from './session-cookies.ts';

/**
 * An access token that says what the session has just shown. Null where it went into a cookie, and
 * where it could not, but the tokens of this session are for no script to read: then the next
 * refresh brings it.
 */
export async function renewAccess(
  ctx: IdentityContext,
  session: Session,
): Promise<{ accessToken: string | null; accessTokenExpiresAt: Date }> {
  const { client } = ctx.db;
  const user = await client.user.findUniqueOrThrow({ where: { id: session.userId } });
  const provedAt = await fullProofOf(ctx, session);
  const person = await asInForce(ctx, client, user);
  const now = ctx.now();
  const access = await ctx.tokens.accessToken(person, { id: session.id, provedAt }, now);
  if (ctx.cookies) {
    keepAccessInCookie(
      ctx.cookies,
      access,
      refreshExpiry(session.rotatedAt, session.expiresAt),
      now,
    );
  }
  const isHidden = ctx.cookies !== undefined || session.inCookies;
  return { accessToken: isHidden ? null : access.token, accessTokenExpiresAt: access.expiresAt };
}
