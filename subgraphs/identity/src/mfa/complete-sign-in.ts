import { UserFailure } from '@civitas/platform/errors';
import { parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import { deviceToken } from '../devices/index.ts';
import type { ProofMethod, SignInChallenge, User } from '../generated/prisma/client.ts';
import { queueMail } from '../mail/index.ts';
import {
  authenticationCredential,
  type PasskeyRequest,
  requestPasskey,
  verifyAssertion,
} from '../passkeys/index.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { type OpenedSession, openSession } from '../sessions/index.ts';
import { throttleRules } from '../throttling/index.ts';
import { findChallenge, takeChallenge } from './challenge.ts';
import { secondFactorCode, takeSecondFactor } from './second-factor.ts';

const challengeToken = z.string().max(200, 'must have at most 200 characters.');

const completeSignInInput = z
  .object({
    challengeToken,
    code: secondFactorCode.nullish(),
    credential: authenticationCredential.nullish(),
    deviceToken: deviceToken.nullish(),
  })
  .refine(
    ({ code, credential }) => (code == null) !== (credential == null),
    'must have either code or credential.',
  );

/**
 * The second step of a sign-in: a code of the app, a recovery code or a passkey. The person is told
 * when it was a recovery code.
 *
 * @throws UserFailure `ChallengeExpired`, `InvalidCode`, `PasskeyRejected`, `TooManyAttempts`,
 * `InvalidInput`.
 */
export async function completeSignIn(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ user: User; session: OpenedSession }> {
  const given = parseInput(completeSignInInput, input);
  const { challengeToken: token, code, credential, deviceToken: device } = given;
  const challenge = await findChallenge(ctx, token);
  if (!challenge) throw challengeExpired();
  const { user, userId } = challenge;
  await ctx.throttle.reserve(throttleRules.secondFactor, userId);
  if (credential) await verifyAssertion(ctx, credential, userId);
  const session = await ctx.db.inTransaction(async (tx) => {
    const provedBy = credential ? 'PASSKEY' : await takeSecondFactor(ctx, tx, userId, code ?? '');
    return open(ctx, tx, challenge, { provedBy, deviceToken: device });
  });
  await ctx.throttle.reset(throttleRules.secondFactor, userId);
  ctx.mail.wake();
  return { user, session };
}

async function open(
  ctx: IdentityContext,
  tx: IdentityTransaction,
  challenge: SignInChallenge & { user: User },
  shown: { readonly provedBy: ProofMethod; readonly deviceToken: string | null | undefined },
): Promise<OpenedSession> {
  const { user, userId, deviceName } = challenge;
  if (!(await takeChallenge(tx, challenge))) throw challengeExpired();
  const { email } = await tx.account.findUniqueOrThrow({ where: { userId } });
  if (shown.provedBy === 'RECOVERY_CODE') {
    await recordSecurityEvent(ctx, tx, { userId, type: 'RECOVERY_CODE_USED' });
    await queueMail(ctx, tx, [{ template: 'recovery-code-used', userId, recipient: email }]);
  }
  return openSession(ctx, tx, user, { email, deviceName, ...shown });
}

const startInput = z.object({ challengeToken: challengeToken.nullish() });

/**
 * Asks for a passkey: any, or, with a challenge token, one of the account whose second step is due.
 *
 * @throws UserFailure `ChallengeExpired`, `TooManyAttempts`, `InvalidInput`.
 */
export async function startPasskeySignIn(
  ctx: IdentityContext,
  input: unknown,
): Promise<PasskeyRequest> {
  const { challengeToken: token } = parseInput(startInput, input);
  if (ctx.clientAddress !== undefined) {
    await ctx.throttle.reserve(throttleRules.clientAddress, ctx.clientAddress);
  }
  if (token == null) return requestPasskey(ctx, null);
  const challenge = await findChallenge(ctx, token);
  if (!challenge) throw challengeExpired();
  await ctx.throttle.reserve(throttleRules.secondFactor, challenge.userId);
  return requestPasskey(ctx, challenge.userId);
}

function challengeExpired(): UserFailure {
  return new UserFailure('ChallengeExpired', 'This sign-in has expired. Start again.', [
    'input',
    'challengeToken',
  ]);
}
