import { UserFailure } from '@civitas/platform/errors';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext } from '../context.ts';
import type { Account, Passkey } from '../generated/prisma/client.ts';
import { queueMail } from '../mail/index.ts';
import { assertStandsAlone, presentedPassword } from '../passwords/index.ts';
import { hasSecondFactor, proveOwner } from '../proofs/index.ts';
import { tellOfRoles } from '../roles/index.ts';
import { recordSecurityEvent } from '../security-log/index.ts';

const renameInput = z.object({ passkeyId: idOf('psk'), name: text({ max: 80 }) });

/** @throws UserFailure `PasskeyNotFound`, also for somebody else's; `InvalidInput`. */
export async function renamePasskey(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ passkey: Passkey }> {
  const { id: userId } = requireUser(ctx);
  const { passkeyId: id, name } = parseInput(renameInput, input);
  const [passkey] = await ctx.db.client.passkey.updateManyAndReturn({
    where: { id, userId },
    data: { name },
  });
  if (!passkey) throw passkeyNotFound();
  return { passkey };
}

const removeInput = z.object({ passkeyId: idOf('psk'), password: presentedPassword.nullish() });

/**
 * Forgets a passkey. The last second factor takes the recovery codes with it, and leaves a password
 * that has to stand alone.
 *
 * @throws UserFailure `PasskeyNotFound`, `LastSignInMethod`, `StepUpRequired`, `InvalidCredentials`,
 * `TooManyAttempts`, `InvalidInput`.
 */
export async function removePasskey(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ account: Account }> {
  const { sessionId } = requireUser(ctx);
  const { passkeyId: id, password } = parseInput(removeInput, input);
  const account = await proveOwner(ctx, password, ['input', 'password']);
  const { userId, email } = account;
  await ctx.db.inTransaction(async (tx) => {
    // One removal at a time, or two could each leave the other's passkey as the last.
    await tx.$queryRaw`SELECT user_id FROM account WHERE user_id = ${userId} FOR UPDATE`;
    const [removed] = await tx.$queryRaw<{ name: string }[]>`
      DELETE FROM passkey WHERE id = ${id} AND user_id = ${userId} RETURNING name`;
    if (!removed) throw passkeyNotFound();
    if (!(await hasSecondFactor(tx, userId))) {
      if (account.passwordHash !== null) assertStandsAlone(password ?? '', ['input', 'password']);
      else if ((await tx.externalIdentity.count({ where: { userId } })) === 0)
        throw lastSignInMethod();
      await tx.recoveryCode.deleteMany({ where: { userId } });
      await tellOfRoles(ctx, tx, userId);
    }
    await recordSecurityEvent(ctx, tx, {
      userId,
      type: 'PASSKEY_REMOVED',
      sessionId,
      subject: removed.name,
    });
    await queueMail(ctx, tx, [{ template: 'passkey-removed', userId, recipient: email }]);
  });
  ctx.mail.wake();
  return { account };
}

function passkeyNotFound(): UserFailure {
  return new UserFailure('PasskeyNotFound', 'You have no such passkey.', ['input', 'passkeyId']);
}

function lastSignInMethod(): UserFailure {
  return new UserFailure('LastSignInMethod', 'You could not sign in any more without it.', [
    'input',
    'passkeyId',
  ]);
}
