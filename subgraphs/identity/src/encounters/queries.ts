import { afterKey, cursorList, cursorTypes, type Page } from '@civitas/platform/pagination';
import type { IdentityDatabase } from '../context.ts';
import { type Acquaintance, type Encounter, Prisma } from '../generated/prisma/client.ts';

export const officersMetList = cursorList('Civilian.officersMet', [
  cursorTypes.instant,
  cursorTypes.id('usr'),
]);

export const civilianEncountersList = cursorList('Civilian.encounters', [
  cursorTypes.instant,
  cursorTypes.id('enc'),
]);

export const officerEncountersList = cursorList('Officer.encounters', [
  cursorTypes.instant,
  cursorTypes.id('enc'),
]);

type Keyset = readonly [Date, string];

/** What a page of acquaintances shows: all of it is in one index. */
export type OfficerMet = Omit<Acquaintance, 'civilianKind' | 'officerKind'>;

/** One page for each of many civilians, `first + 1` rows each, in one statement on one index. */
export async function fetchOfficersMet(
  db: IdentityDatabase,
  civilianIds: readonly string[],
  { first, after }: Page<Keyset>,
): Promise<ReadonlyMap<string, OfficerMet[]>> {
  const rows = await db.client.$queryRaw<OfficerMet[]>`
    SELECT page.civilian_id   AS "civilianId",
           page.officer_id    AS "officerId",
           page.met_count     AS "metCount",
           page.first_met_at  AS "firstMetAt",
           page.last_met_at   AS "lastMetAt"
    FROM unnest(${civilianIds}::text[]) AS parent (id)
    CROSS JOIN LATERAL (
      SELECT civilian_id, officer_id, met_count, first_met_at, last_met_at FROM acquaintance
      WHERE civilian_id = parent.id ${afterKey(['last_met_at', 'officer_id'], after, 'newest first')}
      ORDER BY last_met_at DESC, officer_id DESC
      LIMIT ${first + 1}
    ) AS page`;
  return Map.groupBy(rows, (row) => row.civilianId);
}

/** The same for the meetings themselves, from the side of either person. */
export async function fetchEncounters(
  db: IdentityDatabase,
  side: 'civilian' | 'officer',
  personIds: readonly string[],
  { first, after }: Page<Keyset>,
): Promise<ReadonlyMap<string, Encounter[]>> {
  const person = side === 'civilian' ? Prisma.sql`civilian_id` : Prisma.sql`officer_id`;
  const rows = await db.client.$queryRaw<Encounter[]>`
    SELECT page.id,
           page.civilian_id   AS "civilianId",
           page.civilian_kind AS "civilianKind",
           page.officer_id    AS "officerId",
           page.officer_kind  AS "officerKind",
           page.kind,
           page.note,
           page.latitude_hundredths  AS "latitudeHundredths",
           page.longitude_hundredths AS "longitudeHundredths",
           page.occurred_at   AS "occurredAt"
    FROM unnest(${personIds}::text[]) AS parent (id)
    CROSS JOIN LATERAL (
      SELECT * FROM encounter
      WHERE ${person} = parent.id ${afterKey(['occurred_at', 'id'], after, 'newest first')}
      ORDER BY occurred_at DESC, id DESC
      LIMIT ${first + 1}
    ) AS page`;
  return Map.groupBy(rows, (row) => (side === 'civilian' ? row.civilianId : row.officerId));
}
