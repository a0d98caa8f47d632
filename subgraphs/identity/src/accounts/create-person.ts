import type { UserFailure } from '@civitas/platform/errors';
import { appendEvents } from '@civitas/platform/events';
import { newId } from '@civitas/platform/ids';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { User } from '../generated/prisma/client.ts';
import {
  badgeNumberIsTaken,
  badgeNumberTaken,
  claimHandle,
  handleLook,
  handleTaken,
  isHandleTaken,
} from '../profiles/index.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { userRegistered } from './events.ts';
import type { Person } from './register-input.ts';

const OFFICER = ['input', 'profile', 'officer'];

interface NewAccount {
  /** An address its owner has shown to read. */
  readonly email: string;
  /** Null where they sign in by other means. */
  readonly passwordHash: string | null;
  readonly breachUnknown: boolean;
}

/**
 * Makes a person and their account, in the caller's transaction; emits `identity.user.registered`.
 *
 * @throws UserFailure `HandleTaken`; what a unique index refuses is for {@link takenFailure}.
 */
export async function createPerson(
  ctx: IdentityContext,
  tx: IdentityTransaction,
  { displayName, handle, profile }: Person,
  account: NewAccount,
): Promise<User> {
  const now = ctx.now();
  if (!(await claimHandle(ctx, tx, handle, null))) throw handleTaken();
  const user = await tx.user.create({
    data: { id: newId('usr'), displayName, handle, joinedAt: now, ...profile },
  });
  await tx.account.create({
    data: { userId: user.id, createdAt: now, emailVerifiedAt: now, ...account },
  });
  await recordSecurityEvent(ctx, tx, { userId: user.id, type: 'REGISTERED' });
  await appendEvents(tx, [userRegistered(user)]);
  return user;
}

/** Of this person, what somebody else has already. A look ahead: the indexes have the last word. */
export async function assertFree(ctx: IdentityContext, { handle, profile }: Person): Promise<void> {
  const badgeNumber = profile.kind === 'OFFICER' ? profile.badgeNumber : null;
  const [held] = await ctx.db.client.$queryRaw<{ what: 'handle' | 'badge' }[]>`
    SELECT 'handle' AS what FROM "user" WHERE handle_look(handle) = ${handleLook(handle)}
    UNION ALL SELECT 'badge' FROM "user" WHERE badge_number = ${badgeNumber}`;
  if (held) throw held.what === 'handle' ? handleTaken() : badgeNumberIsTaken(OFFICER);
}

/**
 * Only the database can tell what is taken when two register at once, so its word counts. By the
 * whole name of the constraint: Prisma's messages quote source lines, which have the column's name.
 */
export function takenFailure(error: unknown): UserFailure | null {
  if (isHandleTaken(error)) return handleTaken();
  return badgeNumberTaken(error, OFFICER);
}
