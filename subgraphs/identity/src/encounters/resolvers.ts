import { answerWithFailures } from '@civitas/platform/errors';
import { toConnection } from '@civitas/platform/pagination';
import type { Encounter } from '../generated/prisma/client.ts';
import type { Resolvers } from '../generated/resolvers.ts';
import { existingUser } from '../people/index.ts';
import { civilianEncountersList, officerEncountersList, officersMetList } from './queries.ts';
import { recordEncounter } from './record-encounter.ts';
import { listCivilianEncounters, listOfficerEncounters, listOfficersMet } from './service.ts';

export const resolvers: Resolvers = {
  Civilian: {
    officersMet: async (civilian, args, ctx) =>
      toConnection(
        officersMetList,
        await listOfficersMet(ctx, civilian, args),
        args.first,
        (met) => ({ key: [met.lastMetAt, met.officerId], node: met, edge: met }),
      ),
    encounters: async (civilian, args, ctx) =>
      toConnection(
        civilianEncountersList,
        await listCivilianEncounters(ctx, civilian, args),
        args.first,
        byTime,
      ),
  },
  Officer: {
    encounters: async (officer, args, ctx) =>
      toConnection(
        officerEncountersList,
        await listOfficerEncounters(ctx, officer, args),
        args.first,
        byTime,
      ),
  },
  OfficerMetEdge: { node: (met, _, ctx) => existingUser(ctx, met.officerId) },
  Encounter: {
    civilian: (encounter, _, ctx) => existingUser(ctx, encounter.civilianId),
    officer: (encounter, _, ctx) => existingUser(ctx, encounter.officerId),
  },
  Mutation: {
    recordEncounter: (_, { input }, ctx) =>
      answerWithFailures('RecordEncounterSuccess', () => recordEncounter(ctx, input)),
  },
};

function byTime(encounter: Encounter) {
  return { key: [encounter.occurredAt, encounter.id] as const, node: encounter };
}
