import { parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext } from '../context.ts';
import type { User } from '../generated/prisma/client.ts';
import { type MfaRequired, openChallenge } from '../mfa/index.ts';
import { presentedPassword, provePassword } from '../passwords/index.ts';
import { hasSecondFactor } from '../proofs/index.ts';
import { openSession, type SessionTokens } from '../sessions/index.ts';
import { email } from './email.ts';

const signInInput = z.object({
  email,
  password: presentedPassword,
  deviceName: text({ max: 80 }).nullish(),
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
): Promise<{ user: User; session: SessionTokens } | MfaRequired> {
  const { email: address, password, deviceName } = parseInput(signInInput, input);
  const { user } = await provePassword(ctx, {
    email: address,
    password,
    find: () =>
      ctx.db.client.account.findUnique({ where: { email: address }, include: { user: true } }),
  });
  if (await hasSecondFactor(ctx.db.client, user.id)) {
    return openChallenge(ctx, user.id, deviceName ?? null);
  }
  const session = await ctx.db.inTransaction((tx) =>
    openSession(ctx, tx, user, { deviceName: deviceName ?? null, provedBy: 'PASSWORD' }),
  );
  return { user, session };
}
