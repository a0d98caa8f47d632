import { isUniqueViolation } from '@civitas/platform/database';
import { UserFailure } from '@civitas/platform/errors';
import { appendEvents } from '@civitas/platform/events';
import { newId } from '@civitas/platform/ids';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext } from '../context.ts';
import type { EncounterDispute } from '../generated/prisma/client.ts';

const disputeInput = z.object({
  encounterId: idOf('enc'),
  statement: text({ max: 4000, multiline: true }),
});

/**
 * Says, as the civilian of an encounter, what is not true of it. Once per encounter; what was
 * recorded stays as it is. Emits `identity.encounter.disputed`.
 *
 * @throws UserFailure `EncounterNotFound`, also where the viewer is not its civilian;
 * `EncounterDisputed`, `InvalidInput`.
 */
export async function disputeEncounter(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ dispute: EncounterDispute }> {
  const { id: civilianId } = requireUser(ctx);
  const { encounterId, statement } = parseInput(disputeInput, input);
  const path = ['input', 'encounterId'];
  try {
    const dispute = await ctx.db.inTransaction(async (tx) => {
      const encounter = await tx.encounter.findUnique({ where: { id: encounterId, civilianId } });
      if (!encounter) {
        throw new UserFailure('EncounterNotFound', 'You have no such encounter.', path);
      }
      const openedAt = ctx.now();
      const made = await tx.encounterDispute.create({
        data: { id: newId('dsp'), encounterId, statement, openedAt },
      });
      const { officerId } = encounter;
      await appendEvents(tx, [
        {
          type: 'identity.encounter.disputed',
          aggregateId: made.id,
          occurredAt: openedAt,
          payload: { disputeId: made.id, encounterId, civilianId, officerId },
        },
      ]);
      return made;
    });
    return { dispute };
  } catch (error) {
    if (!isUniqueViolation(error, 'encounter_dispute_encounter_id_key')) throw error;
    throw new UserFailure('EncounterDisputed', 'You have disputed this encounter.', path);
  }
}
