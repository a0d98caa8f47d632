import { UserFailure } from '@civitas/platform/errors';
import { parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext } from '../context.ts';
import type { User } from '../generated/prisma/client.ts';
import { openSession, type SessionTokens } from '../sessions/index.ts';
import { guardHashing, throttleRules } from '../throttling/index.ts';
import { email } from './email.ts';

const signInInput = z.object({
  email,
  // No lower bound: whether a short one is wrong is for the hash to say.
  password: z.string().max(128, 'must have at most 128 characters.'),
  deviceName: text({ max: 80 }).nullish(),
});

/**
 * Starts a session by e-mail address and password. An unknown address costs the same hash.
 *
 * @throws UserFailure `InvalidCredentials`, `InvalidInput`, `TooManyAttempts`.
 */
export async function signIn(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ user: User; session: SessionTokens }> {
  const { email: address, password, deviceName } = parseInput(signInInput, input);
  await guardHashing(ctx, throttleRules.password, address);
  const account = await ctx.db.client.account.findUnique({
    where: { email: address },
    include: { user: true },
  });
  const matched = await ctx.passwords.matches(password, account?.passwordHash ?? null);
  if (!account || !matched) {
    throw new UserFailure('InvalidCredentials', 'E-mail address and password do not match.');
  }
  await ctx.throttle.reset(throttleRules.password, address);
  const { user } = account;
  const session = await ctx.db.inTransaction((tx) =>
    openSession(ctx, tx, user, deviceName ?? null),
  );
  return { user, session };
}
