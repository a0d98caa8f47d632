import { isUniqueViolation } from '@civitas/platform/database';
import { UserFailure } from '@civitas/platform/errors';
import { parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext } from '../context.ts';
import type { User } from '../generated/prisma/client.ts';
import { handle, handleTaken, isReservedHandle } from '../profiles/index.ts';
import { type OpenedSession, openSession } from '../sessions/index.ts';
import { createPerson, takenFailure } from './create-person.ts';
import { hashOf } from './register.ts';
import type { Person } from './register-input.ts';

const token = z.string().trim().max(200, 'must have at most 200 characters.');
const confirmInput = z.object({
  registrationToken: token,
  code: token,
  handle: handle.nullish(),
});

/**
 * Makes the account of a registration and signs it in. It takes what the app got and the code of the
 * mail together: who reads the mail of a registration that somebody else began in their name does not
 * make an account with that other person's password by it.
 *
 * @throws UserFailure `OneTimeTokenInvalid`, `HandleTaken`, `BadgeNumberTaken`, `InvalidInput`.
 */
export async function confirmRegistration(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ user: User; session: OpenedSession }> {
  const given = parseInput(confirmInput, input);
  if (given.handle != null && isReservedHandle(given.handle)) throw handleTaken();
  try {
    return await ctx.db.inTransaction(async (tx) => {
      const [pending] = await tx.pendingRegistration.findMany({
        where: { hash: hashOf(given.registrationToken), codeHash: hashOf(given.code) },
      });
      if (!pending || pending.expiresAt <= ctx.now()) throw codeInvalid();
      // Of many that confirm at once, one deletes the row.
      const { count } = await tx.pendingRegistration.deleteMany({ where: { id: pending.id } });
      if (count === 0) throw codeInvalid();
      const { email, passwordHash, breachUnknown, deviceName } = pending;
      const person = pending.person as unknown as Person;
      const user = await createPerson(
        ctx,
        tx,
        { ...person, handle: given.handle ?? person.handle },
        { email, passwordHash, breachUnknown },
      );
      const facts = { email, deviceName, provedBy: 'PASSWORD' } as const;
      const session = await openSession(ctx, tx, user, facts);
      return { user, session };
    });
  } catch (error) {
    // The address got an account by another registration meanwhile.
    if (isUniqueViolation(error, 'account_email_key')) throw codeInvalid();
    throw takenFailure(error) ?? error;
  }
}

function codeInvalid(): UserFailure {
  return new UserFailure('OneTimeTokenInvalid', 'This code is not good any more. Register again.', [
    'input',
    'code',
  ]);
}
