import { isUniqueViolation } from '@civitas/platform/database';
import { UserFailure } from '@civitas/platform/errors';
import { newId } from '@civitas/platform/ids';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { Account, ProviderAnswer } from '../generated/prisma/client.ts';
import { queueMail } from '../mail/index.ts';
import { presentedPassword } from '../passwords/index.ts';
import { proveOwner } from '../proofs/index.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { answerProof, takeAnswer, withAnswer } from './provider-answers.ts';

const MAX_LINKS = 10;

interface NewLink {
  readonly answer: ProviderAnswer;
  readonly userId: string;
  readonly sessionId: string | null;
}

/** Writes a link and its mark in the log, in the caller's transaction. */
export async function createLink(
  ctx: IdentityContext,
  tx: IdentityTransaction,
  { answer: { provider, issuer, subject, email }, userId, sessionId }: NewLink,
): Promise<void> {
  await tx.externalIdentity.create({
    data: { id: newId('ext'), userId, provider, issuer, subject, email, createdAt: ctx.now() },
  });
  const type = 'SIGN_IN_LINKED';
  await recordSecurityEvent(ctx, tx, { userId, type, sessionId, subject: provider });
}

/**
 * Links what a provider said to the signed-in person's account. This is the only way in which an
 * account that exists comes to be opened by a provider.
 *
 * @throws UserFailure `ProviderCodeInvalid`, `LinkedElsewhere`, `TooManyLinks`, `StepUpRequired`,
 * `InvalidInput`.
 */
export async function linkProvider(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ account: Account }> {
  const { sessionId } = requireUser(ctx);
  const proof = parseInput(answerProof, input);
  const account = await proveOwner(ctx, null, []);
  const { userId, email: recipient } = account;
  const link = (answer: ProviderAnswer) =>
    ctx.db.inTransaction(async (tx) => {
      await takeAnswer(ctx, tx, answer);
      await tx.$queryRaw`SELECT user_id FROM account WHERE user_id = ${userId} FOR UPDATE`;
      if ((await tx.externalIdentity.count({ where: { userId } })) >= MAX_LINKS) {
        throw new UserFailure('TooManyLinks', `You have ${MAX_LINKS} linked providers already.`);
      }
      await createLink(ctx, tx, { answer, userId, sessionId });
      await queueMail(ctx, tx, [{ template: 'sign-in-linked', userId, recipient }]);
    });
  try {
    await withAnswer(ctx, proof, link);
  } catch (error) {
    if (!isUniqueViolation(error, 'external_identity_issuer_subject_key')) throw error;
    throw new UserFailure('LinkedElsewhere', 'It opens an account already, yours or another.');
  }
  ctx.mail.wake();
  return { account };
}

const unlinkInput = z.object({ linkId: idOf('ext'), password: presentedPassword.nullish() });

/**
 * Undoes a link; not the last way in of an account.
 *
 * @throws UserFailure `LinkNotFound`, `LastSignInMethod`, `StepUpRequired`, `InvalidCredentials`,
 * `TooManyAttempts`, `InvalidInput`.
 */
export async function unlinkProvider(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ account: Account }> {
  const { sessionId } = requireUser(ctx);
  const { linkId: id, password } = parseInput(unlinkInput, input);
  const account = await proveOwner(ctx, password, ['input', 'password']);
  const { userId, email: recipient } = account;
  await ctx.db.inTransaction(async (tx) => {
    // One removal at a time, or two could each leave the other's as the last.
    await tx.$queryRaw`SELECT user_id FROM account WHERE user_id = ${userId} FOR UPDATE`;
    const [removed] = await tx.$queryRaw<{ provider: string }[]>`
      DELETE FROM external_identity WHERE id = ${id} AND user_id = ${userId} RETURNING provider`;
    if (!removed) {
      throw new UserFailure('LinkNotFound', 'You have no such link.', ['input', 'linkId']);
    }
    const others =
      (await tx.externalIdentity.count({ where: { userId } })) +
      (await tx.passkey.count({ where: { userId } }));
    if (account.passwordHash === null && others === 0) {
      throw new UserFailure('LastSignInMethod', 'You could not sign in any more without it.', [
        'input',
        'linkId',
      ]);
    }
    const subject = removed.provider;
    await recordSecurityEvent(ctx, tx, { userId, type: 'SIGN_IN_UNLINKED', sessionId, subject });
    await queueMail(ctx, tx, [{ template: 'sign-in-unlinked', userId, recipient }]);
  });
  ctx.mail.wake();
  return { account };
}
