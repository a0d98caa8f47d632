import { isUniqueViolation } from '@civitas/platform/database';
import { CivitasError, UserFailure } from '@civitas/platform/errors';
import { requireUser } from '@civitas/platform/subgraph';
import { parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { OneTimeToken } from '../generated/prisma/client.ts';
import { queueMail, takeToken } from '../mail/index.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { throttleRules } from '../throttling/index.ts';
import { tokenInput, tokenInvalid } from './token-input.ts';

const verifyEmailInput = z.object({ token: tokenInput });

/**
 * Confirms that somebody reads an address: the one of their account, or the one they asked to move
 * it to. Needs no session, because mail is often read on another device.
 *
 * @throws UserFailure `OneTimeTokenInvalid`, `EmailTaken`, `InvalidInput`.
 */
export async function verifyEmail(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ email: string }> {
  const { token } = parseInput(verifyEmailInput, input);
  try {
    const { email } = await ctx.db.inTransaction(async (tx) => {
      const taken = await takeToken(tx, token, ctx.now());
      if (taken?.purpose === 'VERIFY_EMAIL') await confirm(ctx, tx, taken);
      else if (taken?.purpose === 'CHANGE_EMAIL') await change(ctx, tx, taken);
      else throw tokenInvalid();
      return taken;
    });
    ctx.mail.wake();
    return { email };
  } catch (error) {
    if (!isUniqueViolation(error, 'account_email_key')) throw error;
    throw new UserFailure('EmailTaken', 'There is an account with this e-mail address.', null);
  }
}

async function confirm(
  ctx: IdentityContext,
  tx: IdentityTransaction,
  { userId, email }: OneTimeToken,
): Promise<void> {
  const { count } = await tx.account.updateMany({
    where: { userId, email },
    data: { emailVerifiedAt: ctx.now() },
  });
  if (count === 0) throw tokenInvalid();
  await recordSecurityEvent(ctx, tx, { userId, type: 'EMAIL_VERIFIED' });
}

async function change(
  ctx: IdentityContext,
  tx: IdentityTransaction,
  { userId, email }: OneTimeToken,
): Promise<void> {
  const before = await tx.account.findUniqueOrThrow({ where: { userId } });
  await tx.account.update({ where: { userId }, data: { email, emailVerifiedAt: ctx.now() } });
  // What was sent to the old address must not open the account any more.
  await tx.oneTimeToken.deleteMany({ where: { userId } });
  await recordSecurityEvent(ctx, tx, { userId, type: 'EMAIL_CHANGED' });
  await queueMail(ctx, tx, [{ template: 'email-changed', userId, recipient: before.email }]);
}

/**
 * Sends the viewer's address a new token; the one before stops working.
 *
 * @throws UserFailure `EmailAlreadyVerified`, `TooManyAttempts`.
 */
export async function sendVerificationEmail(ctx: IdentityContext): Promise<{ recipient: string }> {
  const { id: userId } = requireUser(ctx);
  await ctx.throttle.reserve(throttleRules.mail, userId);
  const account = await ctx.db.client.account.findUnique({ where: { userId } });
  if (!account) throw new CivitasError('NOT_FOUND');
  const { email: recipient, emailVerifiedAt } = account;
  if (emailVerifiedAt) {
    throw new UserFailure('EmailAlreadyVerified', 'This address is confirmed already.');
  }
  await ctx.db.inTransaction((tx) =>
    queueMail(ctx, tx, [{ template: 'verify-email', userId, recipient }]),
  );
  ctx.mail.wake();
  return { recipient };
}
