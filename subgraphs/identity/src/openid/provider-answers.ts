import { createHash, randomBytes } from 'node:crypto';
import { isUniqueViolation } from '@civitas/platform/database';
import { UserFailure } from '@civitas/platform/errors';
import { z } from 'zod';
import type { IdentityContext, IdentityDatabase, IdentityTransaction } from '../context.ts';
import type { ProviderAnswer } from '../generated/prisma/client.ts';
import { endStolenSession } from '../sessions/index.ts';
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

class UsedBefore extends Error {}

/**
 * Works with what a provider said, for the app that has both the code and the verifier. Unless it is
 * taken by {@link takeAnswer}, it stays good. Whoever has both a second time has taken them from somebody,
 * or had them taken: what the first use opened is ended (ASVS 10.4.2, RFC 6749 §4.1.2).
 *
 * @throws UserFailure `ProviderCodeInvalid`, for every reason.
 */
export async function withAnswer<Result>(
  ctx: IdentityContext,
  { code, codeVerifier }: z.output<typeof answerProof>,
  work: (answer: ProviderAnswer) => Promise<Result>,
): Promise<Result> {
  const answer = await ctx.db.client.providerAnswer.findUnique({ where: { hash: sha256(code) } });
  const challenge = Buffer.from(sha256(codeVerifier)).toString('base64url');
  if (answer?.codeChallenge !== challenge) throw providerCodeInvalid();
  try {
    if (answer.usedAt) throw new UsedBefore();
    if (answer.expiresAt <= ctx.now()) throw providerCodeInvalid();
    return await work(answer);
  } catch (error) {
    if (!(error instanceof UsedBefore)) throw error;
    await endWhatItOpened(ctx, answer);
    throw providerCodeInvalid();
  }
}

/** Uses an answer up, in the caller's transaction. Of many that try at once, one gets through. */
export async function takeAnswer(
  ctx: IdentityContext,
  tx: IdentityTransaction,
  { hash }: ProviderAnswer,
): Promise<void> {
  const { count } = await tx.providerAnswer.updateMany({
    where: { hash, usedAt: null },
    data: { usedAt: ctx.now() },
  });
  if (count === 0) throw new UsedBefore();
}

/** Remembers what was opened by an answer, in the transaction that took it. */
export async function rememberOpened(
  tx: IdentityTransaction,
  { hash }: ProviderAnswer,
  sessionId: string,
): Promise<void> {
  await tx.providerAnswer.update({ where: { hash }, data: { sessionId } });
}

type Ending = Pick<IdentityContext, 'db' | 'now' | 'log'>;

/**
 * Whether a provider has answered this state before. Then its code is there a second time, whatever the
 * provider makes of it, and what the first one opened is ended.
 */
export async function cameBefore(ctx: Ending, state: string): Promise<boolean> {
  const stateHash = sha256(state);
  const answer = await ctx.db.client.providerAnswer.findUnique({ where: { stateHash } });
  if (answer) await endWhatItOpened(ctx, answer);
  return answer !== null;
}

/** The session, or second steps that are still to come. */
async function endWhatItOpened(
  ctx: Ending,
  { hash, issuer, subject }: ProviderAnswer,
): Promise<void> {
  await ctx.db.inTransaction(async (tx) => {
    // Read anew: of two uses at once, the one that came first has written it since.
    const [answer] = await tx.providerAnswer.findMany({ where: { hash } });
    if (!answer?.usedAt) return;
    const { sessionId } = answer;
    await tx.signInChallenge.deleteMany({
      where: { user: { externalIdentities: { some: { issuer, subject } } } },
    });
    const [session] = await tx.session.findMany({
      where: { id: sessionId ?? '', revokedAt: null },
    });
    if (!session) return;
    await endStolenSession(ctx, tx, session);
    ctx.log.warn({ sessionId }, 'the code of a sign-in came back; session ended');
  });
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
