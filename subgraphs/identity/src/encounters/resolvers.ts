import { answerWithFailures } from '@civitas/platform/errors';
import { toConnection } from '@civitas/platform/pagination';
import type { Encounter } from '../generated/prisma/client.ts';
import type { Resolvers } from '../generated/resolvers.ts';
import { existingUser } from '../people/index.ts';
import { answerDispute } from './answer-dispute.ts';
import { placeOf } from './coarse-place.ts';
import { disputeEncounter } from './dispute-encounter.ts';
import { encounterDisputesList, listEncounterDisputes } from './disputes.ts';
import { civilianEncountersList, officerEncountersList, officersMetList } from './queries.ts';
import { recordEncounter } from './record-encounter.ts';
import {
  findEncounter,
  listCivilianEncounters,
  listOfficerEncounters,
  listOfficersMet,
} from './service.ts';

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
    place: (encounter) => placeOf(encounter),
    dispute: (encounter, _, ctx) => ctx.loaders.disputeByEncounter.load(encounter.id),
  },
  EncounterDispute: {
    encounter: async ({ encounterId }, _, ctx) => {
      const encounter = await ctx.loaders.encounterById.load(encounterId);
      if (!encounter) throw new Error(`Encounter ${encounterId} is referred to but not there.`);
      return encounter;
    },
  },
  Query: {
    encounter: (_, { id }, ctx) => findEncounter(ctx, id),
    encounterDisputes: async (_, args, ctx) =>
      toConnection(
        encounterDisputesList,
        await listEncounterDisputes(ctx, args),
        args.first,
        (dispute) => ({ key: [dispute.openedAt, dispute.id], node: dispute }),
      ),
  },
  Mutation: {
    recordEncounter: (_, { input }, ctx) =>
      answerWithFailures('RecordEncounterSuccess', () => recordEncounter(ctx, input)),
    disputeEncounter: (_, { input }, ctx) =>
      answerWithFailures('DisputeEncounterSuccess', () => disputeEncounter(ctx, input)),
    answerDispute: (_, { input }, ctx) =>
      answerWithFailures('AnswerDisputeSuccess', () => answerDispute(ctx, input)),
  },
};

function byTime(encounter: Encounter) {
  return { key: [encounter.occurredAt, encounter.id] as const, node: encounter };
}
