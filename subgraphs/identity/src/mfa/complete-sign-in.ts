import { UserFailure } from '@civitas/platform/errors';
import { parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext } from '../context.ts';
import type { User } from '../generated/prisma/client.ts';
import { queueMail } from '../mail/index.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { openSession, type SessionTokens } from '../sessions/index.ts';
import { throttleRules } from '../throttling/index.ts';
import { findChallenge, takeChallenge } from './challenge.ts';
import { secondFactorCode, takeSecondFactor } from './second-factor.ts';

const completeSignInInput = z.object({
  challengeToken: z.string().max(200, 'must have at most 200 characters.'),
  code: secondFactorCode,
});

/**
 * The second step of a sign-in: a code of the app or a recovery code. The person is told when it was
 * a recovery code.
 *
 * @throws UserFailure `ChallengeExpired`, `InvalidCode`, `TooManyAttempts`, `InvalidInput`.
 */
export async function completeSignIn(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ user: User; session: SessionTokens }> {
  const { challengeToken, code } = parseInput(completeSignInInput, input);
  const challenge = await findChallenge(ctx, challengeToken);
  if (!challenge) throw challengeExpired();
  const { user, userId, deviceName } = challenge;
  await ctx.throttle.reserve(throttleRules.secondFactor, userId);
  const session = await ctx.db.inTransaction(async (tx) => {
    const method = await takeSecondFactor(ctx, tx, userId, code);
    if (!(await takeChallenge(tx, challenge))) throw challengeExpired();
    if (method === 'RECOVERY_CODE') {
      const account = await tx.account.findUniqueOrThrow({ where: { userId } });
      await recordSecurityEvent(ctx, tx, { userId, type: 'RECOVERY_CODE_USED' });
      await queueMail(ctx, tx, [
        { template: 'recovery-code-used', userId, recipient: account.email },
      ]);
    }
    return openSession(ctx, tx, user, { deviceName, secondFactor: true });
  });
  await ctx.throttle.reset(throttleRules.secondFactor, userId);
  ctx.mail.wake();
  return { user, session };
}

function challengeExpired(): UserFailure {
  return new UserFailure('ChallengeExpired', 'This sign-in has expired. Start again.', [
    'input',
    'challengeToken',
  ]);
}
