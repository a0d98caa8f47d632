import { CivitasError } from '@civitas/platform/errors';
import { requireUser } from '@civitas/platform/subgraph';
import { parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext } from '../context.ts';
import type { ProofMethod } from '../generated/prisma/client.ts';
import { proveByTotp, secondFactorCode } from '../mfa/index.ts';
import { authenticationCredential, requestPasskey, verifyAssertion } from '../passkeys/index.ts';
import { presentedPassword, proveOwnPassword } from '../passwords/index.ts';
import { PROOF_LIFETIME_MS } from '../proofs/index.ts';
import { renewAccess } from '../sessions/index.ts';

const stepUpInput = z
  .object({
    password: presentedPassword.nullish(),
    code: secondFactorCode.nullish(),
    credential: authenticationCredential.nullish(),
  })
  .refine(
    ({ password, code, credential }) =>
      [password, code, credential].filter((each) => each != null).length === 1,
    'must have exactly one of password, code and credential.',
  );

type StepUp = z.output<typeof stepUpInput>;

/**
 * Lets the signed-in person show again who they are; noted on the session, and in
 * an access token for those who cannot look there.
 *
 * @throws UserFailure `InvalidCredentials`, `InvalidCode`, `PasskeyRejected`, `TooManyAttempts`,
 * `InvalidInput`.
 * @throws CivitasError `UNAUTHENTICATED` when the session has ended.
 */
export async function stepUp(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ expiresAt: Date; accessToken: string | null; accessTokenExpiresAt: Date }> {
  const { id: userId, sessionId } = requireUser(ctx);
  const provedBy = await prove(ctx, userId, parseInput(stepUpInput, input));
  const provedAt = ctx.now();
  const [session] = await ctx.db.client.session.updateManyAndReturn({
    where: { id: sessionId, userId, revokedAt: null },
    data: { provedAt, provedBy },
  });
  if (!session) throw new CivitasError('UNAUTHENTICATED');
  const expiresAt = new Date(provedAt.getTime() + PROOF_LIFETIME_MS);
  return { expiresAt, ...(await renewAccess(ctx, session)) };
}

async function prove(
  ctx: IdentityContext,
  userId: string,
  { password, code, credential }: StepUp,
): Promise<ProofMethod> {
  if (credential) {
    await verifyAssertion(ctx, credential, userId);
    return 'PASSKEY';
  }
  if (code != null) {
    await proveByTotp(ctx, userId, code);
    return 'TOTP';
  }
  await proveOwnPassword(ctx, userId, password ?? '', ['input', 'password']);
  return 'PASSWORD';
}

/** Asks for one of the viewer's own passkeys. */
export function startPasskeyStepUp(ctx: IdentityContext) {
  return requestPasskey(ctx, requireUser(ctx).id);
}
