import { CivitasError, UserFailure } from '@civitas/platform/errors';
import { appendEvents } from '@civitas/platform/events';
import { idOf, parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { User } from '../generated/prisma/client.ts';
import { lockUser } from '../people/index.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { requireDecider } from './access.ts';
import { verificationChanged } from './events.ts';

const endInput = z.object({
  userId: idOf('usr'),
  reason: text({ max: 1000, multiline: true }),
});

/**
 * Takes somebody's verification back. Emits `identity.user.verification-ended`; the reason is in
 * their log of security events.
 *
 * @throws CivitasError `UNAUTHENTICATED`; `FORBIDDEN` for others than deciders, and about oneself.
 * @throws UserFailure `PersonNotFound`, `NotVerified`, `InvalidInput`.
 */
export async function endVerification(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ user: User }> {
  const { userId, reason } = parseInput(endInput, input);
  const user = await ctx.db.inTransaction(async (tx) => {
    const found = await tx.user.findUnique({ where: { id: userId } });
    const decider = await requireDecider(ctx, tx, found?.kind ?? null);
    if (!found) {
      throw new UserFailure('PersonNotFound', 'There is nobody with this id.', ['input', 'userId']);
    }
    if (userId === decider.id) throw new CivitasError('FORBIDDEN');
    const before = await lockUser(tx, userId);
    if (!before.verified) throw new UserFailure('NotVerified', 'The person is not verified.');
    const after = await withdrawVerification(ctx, tx, before);
    const log = { type: 'VERIFICATION_ENDED', actorId: decider.id, subject: reason } as const;
    await recordSecurityEvent(ctx, tx, { userId, ...log });
    return after;
  });
  return { user };
}

/**
 * Makes a profile unverified, and withdraws a request about it, because it is about to change or was
 * wrong. The caller holds the lock of the person's row.
 */
export async function withdrawVerification(
  ctx: IdentityContext,
  tx: IdentityTransaction,
  user: User,
): Promise<User> {
  const now = ctx.now();
  await tx.verificationRequest.updateMany({
    where: { userId: user.id, state: 'PENDING' },
    data: { state: 'WITHDRAWN', decidedAt: now },
  });
  if (!user.verified) return user;
  const after = await tx.user.update({ where: { id: user.id }, data: { verified: false } });
  await appendEvents(tx, [verificationChanged(after, now)]);
  return after;
}
