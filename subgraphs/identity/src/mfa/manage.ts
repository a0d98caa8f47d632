import { requireUser } from '@civitas/platform/subgraph';
import { parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext } from '../context.ts';
import { queueMail } from '../mail/index.ts';
import { assertStandsAlone, presentedPassword, proveOwnPassword } from '../passwords/index.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { throttleRules } from '../throttling/index.ts';
import { replaceRecoveryCodes } from './recovery-codes.ts';
import { secondFactorCode, takeSecondFactor } from './second-factor.ts';

const manageInput = z.object({ password: presentedPassword, code: secondFactorCode });

/**
 * Removes the authenticator app, which takes both factors, and a password that may stand alone.
 *
 * @throws UserFailure `InvalidCredentials`, `InvalidCode`, `TooManyAttempts`, `InvalidInput`.
 */
export async function disableMfa(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ account: { userId: string } }> {
  const { id, sessionId } = requireUser(ctx);
  const { password, code } = parseInput(manageInput, input);
  const account = await proveOwnPassword(ctx, id, password, ['input', 'password']);
  assertStandsAlone(password, ['input', 'password']);
  const { userId, email } = account;
  await ctx.throttle.reserve(throttleRules.secondFactor, userId);
  await ctx.db.inTransaction(async (tx) => {
    await takeSecondFactor(ctx, tx, userId, code);
    await tx.totpAuthenticator.deleteMany({ where: { userId } });
    await tx.recoveryCode.deleteMany({ where: { userId } });
    await tx.signInChallenge.deleteMany({ where: { userId } });
    await recordSecurityEvent(ctx, tx, { userId, type: 'MFA_DISABLED', sessionId });
    await queueMail(ctx, tx, [{ template: 'mfa-disabled', userId, recipient: email }]);
  });
  await ctx.throttle.reset(throttleRules.secondFactor, userId);
  ctx.mail.wake();
  return { account };
}

/**
 * Makes ten new recovery codes; the old ones stop working.
 *
 * @throws UserFailure as {@link disableMfa}.
 */
export async function regenerateRecoveryCodes(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ recoveryCodes: string[] }> {
  const { id, sessionId } = requireUser(ctx);
  const { password, code } = parseInput(manageInput, input);
  const { userId } = await proveOwnPassword(ctx, id, password, ['input', 'password']);
  await ctx.throttle.reserve(throttleRules.secondFactor, userId);
  const recoveryCodes = await ctx.db.inTransaction(async (tx) => {
    await takeSecondFactor(ctx, tx, userId, code);
    await recordSecurityEvent(ctx, tx, { userId, type: 'RECOVERY_CODES_REPLACED', sessionId });
    return replaceRecoveryCodes(ctx, tx, userId);
  });
  await ctx.throttle.reset(throttleRules.secondFactor, userId);
  return { recoveryCodes };
}
