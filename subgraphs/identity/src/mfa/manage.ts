import { requireUser } from '@civitas/platform/subgraph';
import { parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { Account } from '../generated/prisma/client.ts';
import { queueMail } from '../mail/index.ts';
import { assertStandsAlone, presentedPassword } from '../passwords/index.ts';
import { proveOwner, recentProof, replaceRecoveryCodes, stepUpRequired } from '../proofs/index.ts';
import { tellOfRoles } from '../roles/index.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { throttleRules } from '../throttling/index.ts';
import { secondFactorCode, takeSecondFactor } from './second-factor.ts';

const manageInput = z.object({
  password: presentedPassword.nullish(),
  code: secondFactorCode.nullish(),
});

/**
 * Removes every second factor, which takes both factors, and a password that may stand alone.
 *
 * @throws UserFailure `StepUpRequired`, `InvalidCredentials`, `InvalidCode`, `TooManyAttempts`,
 * `InvalidInput`.
 */
export async function disableMfa(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ account: { userId: string } }> {
  const { sessionId } = requireUser(ctx);
  const { password, code } = parseInput(manageInput, input);
  const account = await withBothFactors(
    ctx,
    password,
    code,
    async (tx, { userId, email }) => {
      await tx.totpAuthenticator.deleteMany({ where: { userId } });
      await tx.passkey.deleteMany({ where: { userId } });
      await tx.recoveryCode.deleteMany({ where: { userId } });
      await tx.signInChallenge.deleteMany({ where: { userId } });
      await recordSecurityEvent(ctx, tx, { userId, type: 'MFA_DISABLED', sessionId });
      await queueMail(ctx, tx, [{ template: 'mfa-disabled', userId, recipient: email }]);
      await tellOfRoles(ctx, tx, userId);
      return { userId };
    },
    assertAlone,
  );
  ctx.mail.wake();
  return { account };

  function assertAlone({ passwordHash }: Account): void {
    if (passwordHash !== null) assertStandsAlone(password ?? '', ['input', 'password']);
  }
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
  const { sessionId } = requireUser(ctx);
  const { password, code } = parseInput(manageInput, input);
  const recoveryCodes = await withBothFactors(ctx, password, code, async (tx, { userId }) => {
    await recordSecurityEvent(ctx, tx, { userId, type: 'RECOVERY_CODES_REPLACED', sessionId });
    return replaceRecoveryCodes(ctx, tx, userId);
  });
  return { recoveryCodes };
}

/** A passkey is both factors at once; anything else is one of them, and the code is the other. */
async function withBothFactors<Answer>(
  ctx: IdentityContext,
  password: string | null | undefined,
  code: string | null | undefined,
  work: (tx: IdentityTransaction, account: Account) => Promise<Answer>,
  check: (account: Account) => void = () => undefined,
): Promise<Answer> {
  const account = await proveOwner(ctx, password, ['input', 'password']);
  const { userId } = account;
  check(account);
  if (code == null) {
    if ((await recentProof(ctx)) !== 'PASSKEY') throw await stepUpRequired(ctx, userId);
    return ctx.db.inTransaction((tx) => work(tx, account));
  }
  await ctx.throttle.reserve(throttleRules.secondFactor, userId);
  const answer = await ctx.db.inTransaction(async (tx) => {
    await takeSecondFactor(ctx, tx, userId, code);
    return work(tx, account);
  });
  await ctx.throttle.reset(throttleRules.secondFactor, userId);
  return answer;
}
