import { createHash, randomBytes } from 'node:crypto';
import { isUniqueViolation } from '@civitas/platform/database';
import { UserFailure } from '@civitas/platform/errors';
import { z } from 'zod';
import type { IdentityContext, IdentityDatabase, IdentityTransaction } from '../context.ts';
import type { ProviderAnswer } from '../generated/prisma/client.ts';
import type { KeptAnswer } from './sign-in-routes.ts';

/** As long as a code may live (ASVS 10.4.3): long enough to fill in a form, or to sign in first in order to link. */
const LIFETIME_MS = 10 * 60_000;
/** Old ones are deleted by those that come after, some at a time. */
const SWEPT_AT_ONCE = 20;

/** Keeps what a provider said; the state makes it count once. */
export async function keepAnswer(
  db: IdentityDatabase,
  { state, ...answer }: KeptAnswer,
  now: Date,
): Promise<string | null> {
  const code = randomBytes(32).toString('base64url');
  const row = {
    ...answer,
    hash: sha256(code),
    stateHash: sha256(state),
    expiresAt: new Date(now.getTime() + LIFETIME_MS),
  };
  await db.client.$executeRaw`
    DELETE FROM provider_answer WHERE hash IN (
      SELECT hash FROM provider_answer WHERE expires_at <= ${now}
      LIMIT ${SWEPT_AT_ONCE} FOR UPDATE SKIP LOCKED)`;
  try {
    await db.client.providerAnswer.create({ data: row });
    return code;
  } catch (error) {
    if (isUniqueViolation(error, 'provider_answer_state_hash_key')) return null;
    throw error;
  }
}

/** How an app shows that it is the one that began the sign-in. */
export const answerProof = z.object({
  code: z.string().max(200, 'must have at most 200 characters.'),
  codeVerifier: z
    .string()
    .regex(/^[\w.~-]{43,128}$/, 'must be 43 to 128 letters, digits, -, ., _ and ~.'),
});

/**
 * What a provider said, for the app that has both the code and the verifier; it stays good.
 *
 * @throws UserFailure `ProviderCodeInvalid`, for every reason.
 */
export async function findAnswer(
  ctx: IdentityContext,
  { code, codeVerifier }: z.output<typeof answerProof>,
): Promise<ProviderAnswer> {
  const answer = await ctx.db.client.providerAnswer.findUnique({ where: { hash: sha256(code) } });
  const challenge = Buffer.from(sha256(codeVerifier)).toString('base64url');
  if (!answer || answer.usedAt || answer.expiresAt <= ctx.now()) throw providerCodeInvalid();
  if (answer.codeChallenge !== challenge) throw providerCodeInvalid();
  return answer;
}

/**
 * Uses an answer up, in the caller's transaction. Of many that try at once, one gets through.
 *
 * @throws UserFailure `ProviderCodeInvalid`.
 */
export async function takeAnswer(
  ctx: IdentityContext,
  tx: IdentityTransaction,
  { hash }: ProviderAnswer,
): Promise<void> {
  const { count } = await tx.providerAnswer.updateMany({
    where: { hash, usedAt: null },
    data: { usedAt: ctx.now() },
  });
  if (count === 0) throw providerCodeInvalid();
}

function providerCodeInvalid(): UserFailure {
  return new UserFailure('ProviderCodeInvalid', 'This sign-in has expired. Start again.', [
    'input',
    'code',
  ]);
}

function sha256(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(text).digest());
}
