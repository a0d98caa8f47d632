import { newId } from '@civitas/platform/ids';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { ProofMethod } from '../generated/prisma/client.ts';
import { isSecondFactor } from '../proofs/index.ts';
import { type IssuedSession, issueTokens, type SessionOwner } from './issue-tokens.ts';
import { ABSOLUTE_MS } from './lifetimes.ts';
import { networkOf } from './network.ts';
import { deviceTokenIn } from './session-cookies.ts';
import { hashRefreshToken } from './token-issuer.ts';

/** A session that has just begun, and what makes its device known from now on. */
export interface OpenedSession extends IssuedSession {
  readonly device: ReturnType<IdentityContext['devices']['remember']>;
  /** Whether mail about a new device waits to be sent. */
  readonly ownerIsTold: boolean;
}

interface SignInFacts {
  /** The account's address. */
  readonly email: string;
  readonly deviceName?: string | null | undefined;
  /** What the client presented of its device; that of its cookies when absent. */
  readonly deviceToken?: string | null | undefined;
  /** The last thing they showed, which decides whether a second factor is still due. */
  readonly provedBy: ProofMethod;
}

/** No session was opened. Only who has asked for nothing but the first factor expects it. */
export class SecondFactorDue extends Error {}

/** Mail about new devices is for who did not sign in, and no way to flood who did. */
const TOLD_EVERY_MS = 24 * 60 * 60_000;
/** Whoever has more goes without a device token on purpose, and is told once a day at most. */
const SESSIONS_LOOKED_AT = 200;
/** Of a `User-Agent`, what changes with every release of a program. */
const VERSION = '0123456789._';

/**
 * Starts a session for somebody who has just proved who they are, and notes it in the log of the
 * account. Every way in ends here, so none can skip a second factor, and none a word about a new
 * device: one that shows no token of ours for this account, with a program and from a network that no
 * earlier session had. The first session of an account is on no new device.
 *
 * One statement, because signing in is what this database does most: alone it needs no transaction
 * around it, and of what it asks about the device nothing is asked for a known one.
 *
 * @throws SecondFactorDue where the account has a second factor and something else was shown.
 * @param db the caller's transaction, or the client where nothing else changes.
 */
export async function openSession(
  ctx: IdentityContext,
  db: Pick<IdentityTransaction, '$queryRaw'>,
  user: SessionOwner,
  { email, deviceName = null, deviceToken, provedBy }: SignInFacts,
): Promise<OpenedSession> {
  const now = ctx.now();
  const id = newId('ses');
  const expiresAt = new Date(now.getTime() + ABSOLUTE_MS);
  const refreshToken = ctx.tokens.firstRefreshToken();
  const userAgent = ctx.userAgent ?? null;
  const network = networkOf(ctx.clientAddress);
  const presented = deviceToken ?? deviceTokenIn(ctx.cookies);
  const isKnown = ctx.devices.recognise(presented, email, now) !== null;
  const [opened] = await db.$queryRaw<{ told: boolean }[]>`/* prepared as open-session */
    WITH opened AS (
      INSERT INTO session (id, user_id, device_name, user_agent, network, in_cookies, created_at,
                           rotated_at, proved_at, proved_by, expires_at)
      SELECT ${id}, ${user.id}, ${deviceName}, ${userAgent}, ${network},
             ${ctx.cookies !== undefined}, ${now}, ${now}, ${now}, ${provedBy}::proof_method,
             ${expiresAt}
      WHERE ${isSecondFactor(provedBy)} OR NOT (
        EXISTS (SELECT FROM totp_authenticator
                WHERE user_id = ${user.id} AND confirmed_at IS NOT NULL)
        OR EXISTS (SELECT FROM passkey WHERE user_id = ${user.id}))
      RETURNING id
    ), token AS (
      INSERT INTO refresh_token (hash, session_id, generation)
      SELECT ${hashRefreshToken(refreshToken)}, id, 1 FROM opened
    ), on_new_device AS (
      SELECT id FROM opened
      WHERE NOT ${isKnown}
        AND EXISTS (SELECT FROM session WHERE user_id = ${user.id})
        AND NOT EXISTS (
          SELECT FROM (
            SELECT user_agent, network FROM session WHERE user_id = ${user.id}
            ORDER BY created_at DESC LIMIT ${SESSIONS_LOOKED_AT}) AS earlier
          WHERE network IS NOT DISTINCT FROM ${network}
            AND translate(user_agent, ${VERSION}, '')
                IS NOT DISTINCT FROM translate(${userAgent}, ${VERSION}, ''))
    ), told AS (
      -- The row is locked, so of many at once one tells.
      UPDATE account SET new_device_told_at = ${now} FROM on_new_device
      WHERE user_id = ${user.id}
        AND (new_device_told_at <= ${new Date(now.getTime() - TOLD_EVERY_MS)}
             OR new_device_told_at IS NULL)
      RETURNING email
    ), mail AS (
      INSERT INTO pending_mail (id, template, user_id, recipient, reference, created_at, due_at)
      SELECT ${newId('mai')}, 'new-device', ${user.id}, email, ${id}, ${now}, ${now} FROM told
    ), noted AS (
      INSERT INTO security_event (id, user_id, type, session_id, subject, occurred_at)
      SELECT ${newId('sev')}, ${user.id},
             CASE WHEN EXISTS (SELECT FROM on_new_device) THEN 'SIGNED_IN_ON_NEW_DEVICE'
                  ELSE 'SIGNED_IN' END::security_event_type,
             id, ${deviceName}, ${now} FROM opened
    )
    SELECT EXISTS (SELECT FROM told) AS told FROM opened`;
  if (!opened) {
    throw new SecondFactorDue('A session was about to open without the second factor.');
  }
  // Whatever the account asks for was shown, or nothing would be open.
  const session = { id, rotatedAt: now, expiresAt, provedAt: now };
  return {
    ...(await issueTokens(ctx, user, session, refreshToken, db)),
    device: ctx.devices.remember(presented, email, now),
    ownerIsTold: opened.told,
  };
}
