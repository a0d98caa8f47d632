import { parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext } from '../context.ts';
import type { User } from '../generated/prisma/client.ts';
import { type IssuedSession, openSession } from '../sessions/index.ts';
import { throttleRules } from '../throttling/index.ts';
import { authenticationCredential } from './credential-input.ts';
import { verifyAssertion } from './verify-assertion.ts';

const signInInput = z.object({
  credential: authenticationCredential,
  deviceName: text({ max: 80 }).nullish(),
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
): Promise<{ user: User; session: IssuedSession }> {
  const { credential, deviceName } = parseInput(signInInput, input);
  await ctx.throttle.reserve(throttleRules.passkey, credential.id);
  const { user } = await verifyAssertion(ctx, credential, null);
  const facts = { deviceName: deviceName ?? null, provedBy: 'PASSKEY' } as const;
  const session = await openSession(ctx, ctx.db.client, user, facts);
  return { user, session };
}
