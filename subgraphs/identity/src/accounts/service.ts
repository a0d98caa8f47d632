import { isUniqueViolation } from '@civitas/platform/database';
import { UserFailure } from '@civitas/platform/errors';
import { appendEvents } from '@civitas/platform/events';
import { newId } from '@civitas/platform/ids';
import { parseInput } from '@civitas/platform/validation';
import type { z } from 'zod';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { User } from '../generated/prisma/client.ts';
import { queueMail } from '../mail/index.ts';
import {
  badgeNumberTaken,
  claimHandle,
  handleTaken,
  isHandleTaken,
  isReservedHandle,
} from '../profiles/index.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { openSession, type SessionTokens } from '../sessions/index.ts';
import { guardHashing, throttleRules } from '../throttling/index.ts';
import { userRegistered } from './events.ts';
import { registerInput } from './register-input.ts';

type Registration = z.output<typeof registerInput>;

/**
 * Makes an account and its profile and signs it in, all in one transaction; emits
 * `identity.user.registered`.
 *
 * @throws UserFailure `InvalidInput`, `EmailTaken`, `HandleTaken`, `BadgeNumberTaken`,
 * `TooManyAttempts`, `WeakPassword`.
 */
export async function register(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ user: User; session: SessionTokens }> {
  const registration = parseInput(registerInput, input);
  if (isReservedHandle(registration.handle)) throw handleTaken();
  await guardHashing(ctx, throttleRules.registration, registration.email);
  await ctx.passwordPolicy.assertAcceptable({
    password: registration.password,
    path: ['input', 'password'],
    secondFactor: false,
    about: [registration.email, registration.handle, registration.displayName],
  });
  // Before the transaction: hashing takes longer than a connection should be held.
  const passwordHash = await ctx.passwords.hash(registration.password);
  try {
    const made = await ctx.db.inTransaction((tx) => store(ctx, tx, registration, passwordHash));
    ctx.mail.wake();
    return made;
  } catch (error) {
    throw takenFailure(error) ?? error;
  }
}

async function store(
  ctx: IdentityContext,
  tx: IdentityTransaction,
  { email, displayName, handle, profile, deviceName }: Registration,
  passwordHash: string,
): Promise<{ user: User; session: SessionTokens }> {
  const now = ctx.now();
  if (!(await claimHandle(ctx, tx, handle, null))) throw handleTaken();
  const user = await tx.user.create({
    data: { id: newId('usr'), displayName, handle, joinedAt: now, ...profile },
  });
  await tx.account.create({ data: { userId: user.id, email, passwordHash, createdAt: now } });
  await recordSecurityEvent(ctx, tx, { userId: user.id, type: 'REGISTERED' });
  await queueMail(ctx, tx, [{ template: 'verify-email', userId: user.id, recipient: email }]);
  const session = await openSession(ctx, tx, user, {
    deviceName: deviceName ?? null,
    provedBy: 'PASSWORD',
  });
  await appendEvents(tx, [userRegistered(user)]);
  return { user, session };
}

/**
 * Only the database can tell what is taken when two register at once, so its word counts. By the
 * whole name of the constraint: Prisma's messages quote source lines, which have the column's name.
 */
function takenFailure(error: unknown): UserFailure | null {
  if (isUniqueViolation(error, 'account_email_key')) {
    return new UserFailure('EmailTaken', 'There is an account with this e-mail address.', [
      'input',
      'email',
    ]);
  }
  if (isHandleTaken(error)) return handleTaken();
  return badgeNumberTaken(error, ['input', 'profile', 'officer']);
}
