import { CivitasError } from '@civitas/platform/errors';
import { requireUser } from '@civitas/platform/subgraph';
import { parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext } from '../context.ts';
import { queueMail } from '../mail/index.ts';
import { newPassword, presentedPassword, proveOwnPassword } from '../passwords/index.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { endSessions } from '../sessions/index.ts';
import { assertAcceptable } from './assert-acceptable.ts';

const changePasswordInput = z.object({ currentPassword: presentedPassword, newPassword });

/**
 * Sets another password, which takes the current one, and ends all sessions but this one.
 *
 * @throws UserFailure `InvalidCredentials`, `InvalidInput`, `TooManyAttempts`,
 * `WeakPassword`.
 * @throws CivitasError `CONFLICT` when it was changed meanwhile.
 */
export async function changePassword(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ endedSessions: number }> {
  const { id: userId, sessionId } = requireUser(ctx);
  const given = parseInput(changePasswordInput, input);
  const account = await proveOwnPassword(ctx, userId, given.currentPassword, [
    'input',
    'currentPassword',
  ]);
  const { breachUnknown } = await assertAcceptable(ctx, userId, given.newPassword);
  const passwordHash = await ctx.passwords.hash(given.newPassword);
  const endedSessions = await ctx.db.inTransaction(async (tx) => {
    const { count } = await tx.account.updateMany({
      where: { userId, passwordHash: account.passwordHash },
      data: { passwordHash, breachUnknown },
    });
    if (count === 0) throw new CivitasError('CONFLICT');
    // Whoever had asked for a reset must not undo this.
    await tx.oneTimeToken.deleteMany({ where: { userId, purpose: 'RESET_PASSWORD' } });
    await recordSecurityEvent(ctx, tx, { userId, type: 'PASSWORD_CHANGED', sessionId });
    await queueMail(ctx, tx, [{ template: 'password-changed', userId, recipient: account.email }]);
    return endSessions(ctx, tx, userId, { except: sessionId });
  });
  ctx.mail.wake();
  return { endedSessions };
}
