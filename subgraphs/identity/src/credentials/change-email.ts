import { requireUser } from '@civitas/platform/subgraph';
import { parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import { email } from '../accounts/index.ts';
import type { IdentityContext } from '../context.ts';
import { queueMail } from '../mail/index.ts';
import { presentedPassword } from '../passwords/index.ts';
import { proveOwner } from '../proofs/index.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { throttleRules } from '../throttling/index.ts';

const changeEmailInput = z.object({ email, password: presentedPassword.nullish() });

/**
 * Asks to move the account to another address, which it does once a token that is sent there comes
 * back. The old address is told. Whether the new one belongs to somebody is told to its reader only.
 *
 * @throws UserFailure `StepUpRequired`, `InvalidCredentials`, `InvalidInput`, `TooManyAttempts`.
 */
export async function changeEmail(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ pendingEmail: string }> {
  const viewer = requireUser(ctx);
  const { email: wanted, password } = parseInput(changeEmailInput, input);
  const account = await proveOwner(ctx, password, ['input', 'password']);
  await ctx.throttle.reserve(throttleRules.mail, viewer.id);
  const { userId } = account;
  await ctx.db.inTransaction(async (tx) => {
    await recordSecurityEvent(ctx, tx, {
      userId,
      type: 'EMAIL_CHANGE_REQUESTED',
      sessionId: viewer.sessionId,
    });
    await queueMail(ctx, tx, [
      { template: 'confirm-email-change', userId, recipient: wanted },
      { template: 'email-change-requested', userId, recipient: account.email },
    ]);
  });
  ctx.mail.wake();
  return { pendingEmail: wanted };
}
