import { CivitasError, UserFailure } from '@civitas/platform/errors';
import { appendEvents } from '@civitas/platform/events';
import { idOf, parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext } from '../context.ts';
import type { EncounterDispute } from '../generated/prisma/client.ts';
import { OVERSIGHT_ROLES, requireRole } from '../roles/index.ts';

const answerInput = z.object({
  disputeId: idOf('dsp'),
  uphold: z.boolean(),
  answer: text({ max: 4000, multiline: true }),
});

/**
 * Answers an open dispute, as oversight and as neither of the two whom it is about. Of two who answer
 * at once, one does. Emits `identity.encounter.dispute-answered`.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `DisputeNotFound`, `DisputeAnswered`, `InvalidInput`.
 */
export async function answerDispute(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ dispute: EncounterDispute }> {
  const { disputeId, uphold, answer } = parseInput(answerInput, input);
  const dispute = await ctx.db.inTransaction(async (tx) => {
    const { id: answeredById } = await requireRole(ctx, tx, OVERSIGHT_ROLES);
    const found = await tx.encounterDispute.findUnique({
      where: { id: disputeId },
      include: { encounter: true },
    });
    if (!found) throw failure('DisputeNotFound', 'There is no dispute with this id.');
    const { civilianId, officerId } = found.encounter;
    if ([civilianId, officerId].includes(answeredById)) throw new CivitasError('FORBIDDEN');
    const answeredAt = ctx.now();
    const state = uphold ? 'UPHELD' : 'REJECTED';
    const { count } = await tx.encounterDispute.updateMany({
      where: { id: disputeId, state: 'OPEN' },
      data: { state, answer, answeredAt, answeredById },
    });
    if (count === 0) throw failure('DisputeAnswered', 'Somebody has answered this dispute.');
    await appendEvents(tx, [
      {
        type: 'identity.encounter.dispute-answered',
        aggregateId: disputeId,
        occurredAt: answeredAt,
        payload: { disputeId, encounterId: found.encounterId, civilianId, officerId, state },
      },
    ]);
    return tx.encounterDispute.findUniqueOrThrow({ where: { id: disputeId } });
  });
  return { dispute };
}

function failure(typename: string, message: string): UserFailure {
  return new UserFailure(typename, message, ['input', 'disputeId']);
}
