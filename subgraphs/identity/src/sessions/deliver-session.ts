import type { IdentityContext } from '../context.ts';
import type { IssuedSession } from './issue-tokens.ts';
import type { OpenedSession } from './open-session.ts';
import { keepInCookies } from './session-cookies.ts';

/** What the answer says of a session. Tokens that went into cookies are null: they are in no answer. */
export interface DeliveredSession {
  readonly sessionId: string;
  readonly accessToken: string | null;
  readonly accessTokenExpiresAt: Date;
  readonly refreshToken: string | null;
  readonly refreshTokenExpiresAt: Date;
  readonly deviceToken: string | null;
}

/**
 * Hands the session that a use case has opened to whoever asked, in cookies or in the answer, and with
 * it what makes the device known. After the transaction: nothing is handed out that was rolled back.
 * Every mutation that opens a session ends here; a session that did not come this way has no tokens.
 */
export async function deliverSession<Answer extends object>(
  ctx: IdentityContext,
  useCase: Promise<Answer>,
): Promise<Answer | (Omit<Answer, 'session'> & { session: DeliveredSession })> {
  const answer = await useCase;
  if (!('session' in answer)) return answer;
  const session = answer.session as OpenedSession;
  if (session.ownerIsTold) ctx.mail.wake();
  return { ...answer, session: deliver(ctx, session, session.device) };
}

/** The same for a session that goes on, whose device is known already. */
export function deliver(
  ctx: IdentityContext,
  { sessionId, access, refresh }: IssuedSession,
  device: OpenedSession['device'] | null,
): DeliveredSession {
  if (ctx.cookies) keepInCookies(ctx.cookies, { access, refresh, device }, ctx.now());
  const shown = (token: string | undefined) => (ctx.cookies ? null : (token ?? null));
  return {
    sessionId,
    accessToken: shown(access.token),
    accessTokenExpiresAt: access.expiresAt,
    refreshToken: shown(refresh.token),
    refreshTokenExpiresAt: refresh.expiresAt,
    deviceToken: shown(device?.token),
  };
}
