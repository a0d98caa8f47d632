import { randomBytes } from 'node:crypto';
import { isUniqueViolation } from '@civitas/platform/database';
import { CivitasError, UserFailure } from '@civitas/platform/errors';
import { requireUser } from '@civitas/platform/subgraph';
import { parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext } from '../context.ts';
import { queueMail } from '../mail/index.ts';
import { presentedPassword } from '../passwords/index.ts';
import { proveOwner, replaceRecoveryCodes } from '../proofs/index.ts';
import { tellOfRoles } from '../roles/index.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { endSessions } from '../sessions/index.ts';
import { throttleRules } from '../throttling/index.ts';
import { invalidCode, secondFactorCode } from './second-factor.ts';
import { TOTP_SECRET_BYTES, totpStepOf, totpUri } from './totp.ts';

const startInput = z.object({ password: presentedPassword.nullish() });

/**
 * Makes a secret for an authenticator app, which counts once a code has confirmed it. Only an
 * account with a confirmed address can have one, so that nobody locks the reader of an address out
 * of an account made in their name.
 *
 * @throws UserFailure `StepUpRequired`, `InvalidCredentials`, `MfaAlreadyEnabled`, `EmailNotVerified`,
 * `TooManyAttempts`, `InvalidInput`.
 * @throws CivitasError `CONFLICT` when two devices do this at once.
 */
export async function startTotpEnrolment(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ secret: string; uri: string }> {
  requireUser(ctx);
  const { password } = parseInput(startInput, input);
  const { userId, email, emailVerifiedAt } = await proveOwner(ctx, password, ['input', 'password']);
  if (!emailVerifiedAt) {
    throw new UserFailure('EmailNotVerified', 'Confirm your e-mail address first.');
  }
  const secret = new Uint8Array(randomBytes(TOTP_SECRET_BYTES));
  try {
    await ctx.db.inTransaction(async (tx) => {
      const known = await tx.totpAuthenticator.findUnique({ where: { userId } });
      if (known?.confirmedAt) {
        throw new UserFailure('MfaAlreadyEnabled', 'There is an authenticator app already.');
      }
      await tx.totpAuthenticator.deleteMany({ where: { userId, confirmedAt: null } });
      const sealedSecret = ctx.sealer.seal(secret, userId);
      await tx.totpAuthenticator.create({ data: { userId, sealedSecret } });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw new CivitasError('CONFLICT');
    throw error;
  }
  return totpUri(secret, email);
}

const confirmInput = z.object({ code: secondFactorCode });

/**
 * Confirms the app by a code of it: from now on signing in takes a second step. Ends the other
 * sessions, which were opened without one.
 *
 * @throws UserFailure `InvalidCode`, also when nothing is to be confirmed; `TooManyAttempts`,
 * `InvalidInput`.
 */
export async function confirmTotpEnrolment(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ recoveryCodes: string[] }> {
  const { id: userId, sessionId } = requireUser(ctx);
  const { code } = parseInput(confirmInput, input);
  await ctx.throttle.reserve(throttleRules.secondFactor, userId);
  const recoveryCodes = await ctx.db.inTransaction(async (tx) => {
    const pending = await tx.totpAuthenticator.findUnique({
      where: { userId, confirmedAt: null },
    });
    const now = ctx.now();
    const step = pending && totpStepOf(code, ctx.sealer.open(pending.sealedSecret, userId), now);
    if (step === null) throw invalidCode();
    const { count } = await tx.totpAuthenticator.updateMany({
      where: { userId, confirmedAt: null, sealedSecret: pending?.sealedSecret },
      data: { confirmedAt: now, lastStep: step },
    });
    if (count === 0) throw invalidCode();
    const { email } = await tx.account.findUniqueOrThrow({ where: { userId } });
    await recordSecurityEvent(ctx, tx, { userId, type: 'MFA_ENABLED', sessionId });
    await queueMail(ctx, tx, [{ template: 'mfa-enabled', userId, recipient: email }]);
    await endSessions(ctx, tx, userId, { except: sessionId });
    await tellOfRoles(ctx, tx, userId);
    return replaceRecoveryCodes(ctx, tx, userId);
  });
  await ctx.throttle.reset(throttleRules.secondFactor, userId);
  ctx.mail.wake();
  return { recoveryCodes };
}
