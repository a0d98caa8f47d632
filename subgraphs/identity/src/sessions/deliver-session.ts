import type { IdentityContext } from '../context.ts';
import type { IssuedSession } from './open-session.ts';
import { deviceTokenIn, keepInCookies } from './session-cookies.ts';

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
 *
 * @param deviceToken what the client presented of its device in its input.
 */
export async function deliverSession<Answer extends object>(
  ctx: IdentityContext,
  useCase: Promise<Answer>,
  deviceToken?: unknown,
): Promise<Answer | (Omit<Answer, 'session'> & { session: DeliveredSession })> {
  const answer = await useCase;
  if (!('session' in answer)) return answer;
  const session = answer.session as IssuedSession;
  const device = await rememberDevice(ctx, session, deviceToken);
  return { ...answer, session: deliver(ctx, session, device) };
}

type Device = ReturnType<IdentityContext['devices']['remember']>;

/** The same for a session that goes on. */
export function deliver(
  ctx: IdentityContext,
  session: IssuedSession,
  device: Device | null,
): DeliveredSession {
  const { sessionId, access, refresh } = session;
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

async function rememberDevice(
  ctx: IdentityContext,
  { userId, email: known }: IssuedSession,
  deviceToken: unknown,
): Promise<Device | null> {
  const account = known ? null : await ctx.db.client.account.findUnique({ where: { userId } });
  const email = known ?? account?.email;
  if (email === undefined) return null;
  const given = typeof deviceToken === 'string' ? deviceToken : deviceTokenIn(ctx.cookies);
  return ctx.devices.remember(given, email, ctx.now());
}
