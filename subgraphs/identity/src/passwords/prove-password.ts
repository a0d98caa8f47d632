import { UserFailure } from '@civitas/platform/errors';
import { requireUser } from '@civitas/platform/subgraph';
import type { IdentityContext } from '../context.ts';
import type { Account } from '../generated/prisma/client.ts';
import { queueMail } from '../mail/index.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { guardPassword } from '../throttling/index.ts';

/** What proving a password needs of an account. */
export type PasswordHolder = Pick<Account, 'userId' | 'email' | 'passwordHash' | 'breachUnknown'>;

interface Proof<Found extends PasswordHolder> {
  readonly email: string;
  readonly password: string;
  /** A device that is known for this account has attempts of its own; null for every other. */
  readonly device: string | null;
  /** Called once an attempt is taken. Null when there is no such account; it costs the same hash. */
  readonly find: () => Promise<Found | null>;
  /** The argument at fault, where naming it tells nothing. */
  readonly path?: readonly string[];
}

/**
 * Lets somebody prove an account's password. Every way to present a password leads through here, so
 * that all of them are counted.
 *
 * @throws UserFailure `InvalidCredentials`, `TooManyAttempts`: the same for known and unknown
 * addresses.
 */
export async function provePassword<Found extends PasswordHolder>(
  ctx: IdentityContext,
  { email, password, device, find, path }: Proof<Found>,
): Promise<Found> {
  const attempt = await guardPassword(ctx, email, device);
  const account = await find();
  const matched = await ctx.passwords.matches(password, account?.passwordHash ?? null);
  if (!account?.passwordHash || !matched) {
    throw new UserFailure('InvalidCredentials', 'E-mail address and password do not match.', path);
  }
  await attempt.giveBack();
  const { userId, passwordHash } = account;
  if (ctx.passwords.isOutdated(passwordHash)) await rehash(ctx, { userId, passwordHash }, password);
  if (account.breachUnknown) await lookUpAgain(ctx, account, password);
  return account;
}

/** The list was away when the password was chosen. It stays in use, but its owner is told. */
async function lookUpAgain(
  ctx: IdentityContext,
  { userId, email }: PasswordHolder,
  password: string,
): Promise<void> {
  const found = await ctx.passwordPolicy.lookUp(password);
  if (found === 'unknown') return;
  await ctx.db.inTransaction(async (tx) => {
    const { count } = await tx.account.updateMany({
      where: { userId, breachUnknown: true },
      data: { breachUnknown: false },
    });
    if (count === 0 || found === 'not listed') return;
    await recordSecurityEvent(ctx, tx, { userId, type: 'PASSWORD_BREACHED' });
    await queueMail(ctx, tx, [{ template: 'password-breached', userId, recipient: email }]);
  });
  ctx.mail.wake();
}

/** The one moment when the password is there to be hashed with today's parameters. */
async function rehash(
  ctx: IdentityContext,
  account: Pick<Account, 'userId' | 'passwordHash'>,
  password: string,
): Promise<void> {
  const passwordHash = await ctx.passwords.hash(password);
  await ctx.db.client.account.updateMany({
    where: { userId: account.userId, passwordHash: account.passwordHash },
    data: { passwordHash },
  });
}

/** The signed-in person's account, once they have given its password again. */
export async function proveOwnPassword(
  ctx: IdentityContext,
  userId: string,
  password: string,
  path: readonly string[],
): Promise<Account> {
  const account = await ctx.db.client.account.findUniqueOrThrow({ where: { userId } });
  const find = async () => account;
  // Whoever holds a session has one count for it: strangers who try from outside do not use it up.
  const device = requireUser(ctx).sessionId;
  return provePassword(ctx, { email: account.email, password, device, find, path });
}
