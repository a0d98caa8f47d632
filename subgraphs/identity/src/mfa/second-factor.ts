import { UserFailure } from '@civitas/platform/errors';
import { z } from 'zod';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import { takeRecoveryCode } from '../proofs/index.ts';
import { throttleRules } from '../throttling/index.ts';
import { totpStepOf } from './totp.ts';

/** A code of the app, or a recovery code. */
export const secondFactorCode = z.string().trim().max(40, 'must have at most 40 characters.');

const TOTP_CODE = /^\d{6}$/;

/**
 * Checks a second factor and uses it up, in the caller's transaction; reserve
 * `throttleRules.secondFactor` before. A code of the app works once, as its step is remembered; so
 * does a recovery code.
 *
 * @throws UserFailure `InvalidCode`, for a used one too.
 */
export async function takeSecondFactor(
  ctx: IdentityContext,
  tx: IdentityTransaction,
  userId: string,
  code: string,
): Promise<'TOTP' | 'RECOVERY_CODE'> {
  const method = TOTP_CODE.test(code) ? 'TOTP' : 'RECOVERY_CODE';
  const taken = await (method === 'TOTP'
    ? takeTotpCode(ctx, tx, userId, code)
    : takeRecoveryCode(ctx, tx, userId, code));
  if (!taken) throw invalidCode();
  return method;
}

/**
 * Lets somebody show who they are by a code of their app, which is used up.
 *
 * @throws UserFailure `InvalidCode`, `TooManyAttempts`.
 */
export async function proveByTotp(
  ctx: IdentityContext,
  userId: string,
  code: string,
): Promise<void> {
  await ctx.throttle.reserve(throttleRules.secondFactor, userId);
  const taken = await ctx.db.inTransaction((tx) => takeTotpCode(ctx, tx, userId, code));
  if (!taken) throw invalidCode();
  await ctx.throttle.reset(throttleRules.secondFactor, userId);
}

async function takeTotpCode(
  ctx: IdentityContext,
  tx: IdentityTransaction,
  userId: string,
  code: string,
): Promise<boolean> {
  const authenticator = await tx.totpAuthenticator.findUnique({
    where: { userId, confirmedAt: { not: null } },
  });
  if (!authenticator) return false;
  const step = totpStepOf(code, ctx.sealer.open(authenticator.sealedSecret, userId), ctx.now());
  if (step === null) return false;
  // One statement compares and sets, so of many uses at once the first one counts.
  const { count } = await tx.totpAuthenticator.updateMany({
    where: { userId, lastStep: { lt: step } },
    data: { lastStep: step },
  });
  return count === 1;
}

export function invalidCode(): UserFailure {
  return new UserFailure('InvalidCode', 'This code is not right, or was used already.', [
    'input',
    'code',
  ]);
}
