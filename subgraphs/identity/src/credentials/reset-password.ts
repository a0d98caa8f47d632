import { parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import { email } from '../accounts/index.ts';
import type { IdentityContext } from '../context.ts';
import { findToken, queueMail, takeToken } from '../mail/index.ts';
import { newPassword } from '../passwords/index.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { endSessions } from '../sessions/index.ts';
import { throttleRules } from '../throttling/index.ts';
import { assertAcceptable } from './assert-acceptable.ts';
import { tokenInput, tokenInvalid } from './token-input.ts';

const requestInput = z.object({ email });

/**
 * Sends a token to an address if there is an account with it. Here that is not even looked up: the
 * mail worker does so later, and answer and work are the same for every address.
 *
 * @throws UserFailure `InvalidInput`, `TooManyAttempts`.
 */
export async function requestPasswordReset(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ recipient: string }> {
  const { email: recipient } = parseInput(requestInput, input);
  await ctx.throttle.reserve(throttleRules.mail, recipient);
  await ctx.db.inTransaction((tx) =>
    queueMail(ctx, tx, [{ template: 'reset-password', userId: null, recipient }]),
  );
  ctx.mail.wake();
  return { recipient };
}

const resetInput = z.object({ token: tokenInput, newPassword });

/**
 * Sets a password by a token from a mail and ends all sessions. It starts none: signing in comes
 * next, with its second step where there is one.
 *
 * @throws UserFailure `OneTimeTokenInvalid`, `WeakPassword`, `InvalidInput`.
 */
export async function resetPassword(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ endedSessions: number }> {
  const { token, newPassword: password } = parseInput(resetInput, input);
  // Looked at first, so that a wrong token costs no hash.
  const known = await findToken(ctx.db.client, token, ctx.now());
  if (known?.purpose !== 'RESET_PASSWORD') throw tokenInvalid();
  const { breachUnknown } = await assertAcceptable(ctx, known.userId, password);
  const passwordHash = await ctx.passwords.hash(password);
  const endedSessions = await ctx.db.inTransaction(async (tx) => {
    const taken = await takeToken(tx, token, ctx.now());
    if (!taken) throw tokenInvalid();
    const { userId, email: recipient } = taken;
    // The token shows that the address is read by whoever holds it.
    const { count } = await tx.account.updateMany({
      where: { userId, email: recipient },
      data: { passwordHash, breachUnknown, emailVerifiedAt: ctx.now() },
    });
    if (count === 0) throw tokenInvalid();
    // Somebody who got in before may have started a change of address.
    await tx.oneTimeToken.deleteMany({ where: { userId } });
    await recordSecurityEvent(ctx, tx, { userId, type: 'PASSWORD_RESET' });
    await queueMail(ctx, tx, [{ template: 'password-changed', userId, recipient }]);
    return endSessions(ctx, tx, userId);
  });
  await ctx.throttle.reset(throttleRules.password, known.email);
  ctx.mail.wake();
  return { endedSessions };
}
