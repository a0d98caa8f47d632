import { groupedLoader, keyedLoader } from '@civitas/platform/loaders';
import type { Page } from '@civitas/platform/pagination';
import type { IdentityDatabase } from '../context.ts';
import type { Encounter } from '../generated/prisma/client.ts';
import { fetchEncounters, fetchOfficersMet, type OfficerMet } from './queries.ts';

type KeysetPage = Page<readonly [Date, string]>;

export function createEncounterLoaders(db: IdentityDatabase) {
  return {
    officersMet: groupedLoader<KeysetPage, OfficerMet[]>(
      (civilianIds, page) => fetchOfficersMet(db, civilianIds, page),
      () => [],
    ),
    civilianEncounters: groupedLoader<KeysetPage, Encounter[]>(
      (civilianIds, page) => fetchEncounters(db, 'civilian', civilianIds, page),
      () => [],
    ),
    officerEncounters: groupedLoader<KeysetPage, Encounter[]>(
      (officerIds, page) => fetchEncounters(db, 'officer', officerIds, page),
      () => [],
    ),
    encounterById: keyedLoader(
      (ids) => db.client.encounter.findMany({ where: { id: { in: [...ids] } } }),
      (encounter) => encounter.id,
    ),
    disputeByEncounter: keyedLoader(
      (ids) => db.client.encounterDispute.findMany({ where: { encounterId: { in: [...ids] } } }),
      (dispute) => dispute.encounterId,
    ),
  };
}
