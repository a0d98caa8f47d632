import { CivitasError, UserFailure } from '@civitas/platform/errors';
import { appendEvents } from '@civitas/platform/events';
import { idOf, parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext } from '../context.ts';
import type { VerificationRequest } from '../generated/prisma/client.ts';
import { lockUser } from '../people/index.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { requireDecider } from './access.ts';
import { verificationChanged } from './events.ts';

const decideInput = z
  .object({
    requestId: idOf('vrq'),
    approve: z.boolean(),
    reason: text({ max: 1000, multiline: true }).nullish(),
  })
  .refine(({ approve, reason }) => approve || reason != null, {
    path: ['reason'],
    message: 'must say why, for a refusal.',
  });

/**
 * Approves or refuses a pending request. The profile is locked, so that what was read is what is
 * decided about: a change of it withdraws the request first. Emits `identity.user.verified`.
 *
 * @throws CivitasError `UNAUTHENTICATED`; `FORBIDDEN` for others than deciders, and for one's own.
 * @throws UserFailure `VerificationNotFound`, `VerificationDecided`, `InvalidInput`.
 */
export async function decideVerification(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ request: VerificationRequest }> {
  const { requestId, approve, reason } = parseInput(decideInput, input);
  const request = await ctx.db.inTransaction(async (tx) => {
    const found = await tx.verificationRequest.findUnique({ where: { id: requestId } });
    const decider = await requireDecider(ctx, tx, found?.userKind ?? null);
    if (!found) throw failure('VerificationNotFound', 'There is no request with this id.');
    if (found.userId === decider.id) throw new CivitasError('FORBIDDEN');
    const user = await lockUser(tx, found.userId);
    const now = ctx.now();
    const { count } = await tx.verificationRequest.updateMany({
      where: { id: requestId, state: 'PENDING' },
      data: {
        state: approve ? 'APPROVED' : 'REFUSED',
        decidedAt: now,
        decidedById: decider.id,
        reason: reason ?? null,
      },
    });
    if (count === 0) throw failure('VerificationDecided', 'This request is not pending any more.');
    if (approve) {
      await tx.user.update({ where: { id: user.id }, data: { verified: true } });
      await appendEvents(tx, [verificationChanged({ ...user, verified: true }, now)]);
    }
    await recordSecurityEvent(ctx, tx, {
      userId: user.id,
      type: approve ? 'VERIFICATION_APPROVED' : 'VERIFICATION_REFUSED',
      actorId: decider.id,
    });
    return tx.verificationRequest.findUniqueOrThrow({ where: { id: requestId } });
  });
  return { request };
}

function failure(typename: string, message: string): UserFailure {
  return new UserFailure(typename, message, ['input', 'requestId']);
}
