import { parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext } from '../context.ts';
import { deviceToken } from '../devices/index.ts';
import type { User } from '../generated/prisma/client.ts';
import { type OpenedSession, openSession } from '../sessions/index.ts';
import { throttleRules } from '../throttling/index.ts';
import { authenticationCredential } from './credential-input.ts';
import { verifyAssertion } from './verify-assertion.ts';

const signInInput = z.object({
  credential: authenticationCredential,
  deviceName: text({ max: 80 }).nullish(),
  deviceToken: deviceToken.nullish(),
});

/**
 * Starts a session by a passkey alone. It holds a key and asks for a finger, a face or a PIN, so it
 * is two factors, and no second step follows.
 *
 * @throws UserFailure `PasskeyRejected`, `TooManyAttempts`, `InvalidInput`.
 */
export async function signInWithPasskey(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ user: User; session: OpenedSession }> {
  const { credential, ...device } = parseInput(signInInput, input);
  await ctx.throttle.reserve(throttleRules.passkey, credential.id);
  const { user, userId } = await verifyAssertion(ctx, credential, null);
  const { client } = ctx.db;
  const { email } = await client.account.findUniqueOrThrow({ where: { userId } });
  const facts = { ...device, email, provedBy: 'PASSKEY' } as const;
  return { user, session: await openSession(ctx, client, user, facts) };
}
