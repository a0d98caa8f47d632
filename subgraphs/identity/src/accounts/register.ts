import { createHash, randomBytes } from 'node:crypto';
import { newId } from '@civitas/platform/ids';
import { parseInput } from '@civitas/platform/validation';
import type { IdentityContext } from '../context.ts';
import { queueMail } from '../mail/index.ts';
import { handleTaken, isReservedHandle } from '../profiles/index.ts';
import { guardHashing, throttleRules } from '../throttling/index.ts';
import { assertFree } from './create-person.ts';
import { registerInput } from './register-input.ts';

const LIFETIME_MS = 24 * 60 * 60_000;
/** Abandoned ones are deleted by those that come after, some at a time. */
const SWEPT_AT_ONCE = 20;

export interface RegistrationStarted {
  readonly recipient: string;
  readonly registrationToken: string;
  readonly expiresAt: Date;
}

/**
 * Remembers somebody who wants an account, until a code that is mailed to them comes back together
 * with what is answered here. Whether there is an account with the address is not even looked up: the
 * mail worker does so, and answer and work are the same for every address.
 *
 * @throws UserFailure `InvalidInput`, `HandleTaken`, `BadgeNumberTaken`, `TooManyAttempts`,
 * `WeakPassword`.
 */
export async function register(ctx: IdentityContext, input: unknown): Promise<RegistrationStarted> {
  const { email, password, deviceName, ...person } = parseInput(registerInput, input);
  if (isReservedHandle(person.handle)) throw handleTaken();
  await guardHashing(ctx, throttleRules.registration, email);
  await assertFree(ctx, person);
  const { breachUnknown } = await ctx.passwordPolicy.assertAcceptable({
    password,
    path: ['input', 'password'],
    secondFactor: false,
    about: [email, person.handle, person.displayName],
  });
  // Before the transaction: hashing takes longer than a connection should be held.
  const passwordHash = await ctx.passwords.hash(password);
  const registrationToken = randomBytes(32).toString('base64url');
  const now = ctx.now();
  const expiresAt = new Date(now.getTime() + LIFETIME_MS);
  const id = newId('reg');
  await ctx.db.inTransaction(async (tx) => {
    await tx.$executeRaw`
      DELETE FROM pending_registration WHERE id IN (
        SELECT id FROM pending_registration WHERE expires_at <= ${now}
        LIMIT ${SWEPT_AT_ONCE} FOR UPDATE SKIP LOCKED)`;
    await tx.pendingRegistration.create({
      data: {
        id,
        hash: hashOf(registrationToken),
        email,
        passwordHash,
        breachUnknown,
        person,
        deviceName: deviceName ?? null,
        expiresAt,
      },
    });
    await queueMail(ctx, tx, [
      { template: 'confirm-registration', userId: null, recipient: email, reference: id },
    ]);
  });
  ctx.mail.wake();
  return { recipient: email, registrationToken, expiresAt };
}

/** Both the token and the code of the mail have 256 random bits, so a plain hash is enough. */
export function hashOf(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token).digest());
}
