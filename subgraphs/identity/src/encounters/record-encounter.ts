import { CivitasError, UserFailure } from '@civitas/platform/errors';
import { newId } from '@civitas/platform/ids';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { Encounter, UserKind } from '../generated/prisma/client.ts';
import { coarsePlace } from './coarse-place.ts';

const YEAR_MS = 366 * 24 * 60 * 60 * 1000;
/** Clocks of devices differ a little from ours. */
const CLOCK_SKEW_MS = 60_000;

const encounterInput = z.object({
  civilianId: idOf('usr'),
  kind: z.enum(['ASSISTANCE', 'INSPECTION', 'INTERVIEW', 'PATROL', 'TRAFFIC_STOP']),
  note: text({ max: 2000, multiline: true }).nullish(),
  place: coarsePlace.nullish(),
  occurredAt: z.date(),
});

/**
 * Records a meeting of the signed-in officer with a civilian and counts it in their acquaintance,
 * both in one transaction.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN` for anybody but an officer.
 * @throws UserFailure `OfficerNotVerified`, `InvalidInput`, `CivilianNotFound`.
 */
export async function recordEncounter(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ encounter: Encounter }> {
  const viewer = requireUser(ctx);
  if (viewer.kind !== 'OFFICER') throw new CivitasError('FORBIDDEN');
  const { civilianId, kind, note, place, occurredAt } = parseInput(encounterInput, input);
  assertRecent(occurredAt, ctx.now());
  const encounter = await ctx.db.inTransaction(async (tx) => {
    await assertBothThere(tx, { officerId: viewer.id, civilianId });
    const meeting = { civilianId, officerId: viewer.id, occurredAt };
    await countMeeting(tx, meeting);
    return tx.encounter.create({
      data: { id: newId('enc'), ...meeting, kind, note: note ?? null, ...place },
    });
  });
  return { encounter };
}

/**
 * Their rows are held, so that a verification which ends now, or an erasure, is before or after this
 * meeting: nothing is noted about somebody who has left.
 */
async function assertBothThere(
  tx: IdentityTransaction,
  { officerId, civilianId }: { readonly officerId: string; readonly civilianId: string },
): Promise<void> {
  const there = await tx.$queryRaw<{ id: string; kind: UserKind; verified: boolean }[]>`
    SELECT id, kind, verified FROM "user"
    WHERE id IN (${officerId}, ${civilianId}) AND erased_at IS NULL
    ORDER BY id FOR SHARE`;
  if (!there.some(({ id, verified }) => id === officerId && verified)) {
    throw new UserFailure('OfficerNotVerified', 'An administrator has yet to verify your profile.');
  }
  if (there.some(({ id, kind }) => id === civilianId && kind === 'CIVILIAN')) return;
  throw new UserFailure('CivilianNotFound', 'There is no such civilian.', ['input', 'civilianId']);
}

/** One statement, so that two officers' devices recording at once both count. */
async function countMeeting(
  tx: IdentityTransaction,
  meeting: { civilianId: string; officerId: string; occurredAt: Date },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO acquaintance AS known
      (civilian_id, officer_id, met_count, first_met_at, last_met_at)
    VALUES (${meeting.civilianId}, ${meeting.officerId}, 1, ${meeting.occurredAt}, ${meeting.occurredAt})
    ON CONFLICT (civilian_id, officer_id) DO UPDATE SET
      met_count    = known.met_count + 1,
      first_met_at = least(known.first_met_at, excluded.first_met_at),
      last_met_at  = greatest(known.last_met_at, excluded.last_met_at)`;
}

function assertRecent(occurredAt: Date, now: Date): void {
  const ageMs = now.getTime() - occurredAt.getTime();
  if (ageMs >= -CLOCK_SKEW_MS && ageMs <= YEAR_MS) return;
  throw new UserFailure('InvalidInput', '`input.occurredAt`: must be within the last year.', [
    'input',
    'occurredAt',
  ]);
}
