import { parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext } from '../context.ts';
import { deviceToken } from '../devices/index.ts';
import { type MfaRequired, openChallenge } from '../mfa/index.ts';
import { presentedPassword, provePassword } from '../passwords/index.ts';
import {
  deviceTokenIn,
  type OpenedSession,
  openSession,
  SecondFactorDue,
  type SessionOwner,
} from '../sessions/index.ts';
import { email } from './email.ts';
import { findSignIn } from './find-sign-in.ts';

const signInInput = z.object({
  email,
  password: presentedPassword,
  deviceName: text({ max: 80 }).nullish(),
  deviceToken: deviceToken.nullish(),
});

/**
 * Starts a session by e-mail address and password, or asks for the second step. An unknown address
 * costs the same hash.
 *
 * @throws UserFailure `InvalidCredentials`, `InvalidInput`, `TooManyAttempts`.
 */
export async function signIn(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ user: SessionOwner; session: OpenedSession } | MfaRequired> {
  const given = parseInput(signInInput, input);
  const { email: address, password, ...device } = given;
  const user = await provePassword(ctx, {
    email: address,
    password,
    device: ctx.devices.recognise(
      given.deviceToken ?? deviceTokenIn(ctx.cookies),
      address,
      ctx.now(),
    ),
    find: () => findSignIn(ctx, address),
  });
  const facts = { ...device, email: address, provedBy: 'PASSWORD' } as const;
  try {
    // Whether a second step is due is found out by the statement that would open the session.
    return { user, session: await openSession(ctx, ctx.db.client, user, facts) };
  } catch (error) {
    if (error instanceof SecondFactorDue) return openChallenge(ctx, user.id, given.deviceName);
    throw error;
  }
}
