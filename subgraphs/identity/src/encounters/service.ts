import { parseId } from '@civitas/platform/ids';
import { type PageArguments, readPage } from '@civitas/platform/pagination';
import { requireUser } from '@civitas/platform/subgraph';
import type { IdentityContext } from '../context.ts';
import type { Encounter, User } from '../generated/prisma/client.ts';
import { assertMayReadAcquaintances, assertMayReadEncounters, mayReadEncounter } from './access.ts';
import {
  civilianEncountersList,
  type OfficerMet,
  officerEncountersList,
  officersMetList,
} from './queries.ts';

// Each of these answers `first + 1` rows at most: the extra one says whether there are more.

/** @throws CivitasError `FORBIDDEN` when the civilian keeps it private. */
export async function listOfficersMet(
  ctx: IdentityContext,
  civilian: User,
  args: PageArguments,
): Promise<OfficerMet[]> {
  assertMayReadAcquaintances(ctx.viewer, civilian);
  const page = readPage(officersMetList, args);
  return ctx.loaders.officersMet.load({ parentId: civilian.id, args: page });
}

/** @throws CivitasError `FORBIDDEN` for everybody but the civilian and oversight. */
export async function listCivilianEncounters(
  ctx: IdentityContext,
  civilian: User,
  args: PageArguments,
): Promise<Encounter[]> {
  assertMayReadEncounters(ctx.viewer, civilian);
  const page = readPage(civilianEncountersList, args);
  return ctx.loaders.civilianEncounters.load({ parentId: civilian.id, args: page });
}

/** @throws CivitasError `FORBIDDEN` for everybody but the officer and oversight. */
export async function listOfficerEncounters(
  ctx: IdentityContext,
  officer: User,
  args: PageArguments,
): Promise<Encounter[]> {
  assertMayReadEncounters(ctx.viewer, officer);
  const page = readPage(officerEncountersList, args);
  return ctx.loaders.officerEncounters.load({ parentId: officer.id, args: page });
}

/**
 * One encounter; null where there is none, and for others than its two sides and oversight.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `MALFORMED_ID`.
 */
export async function findEncounter(ctx: IdentityContext, id: string): Promise<Encounter | null> {
  const viewer = requireUser(ctx);
  const encounter = await ctx.loaders.encounterById.load(parseId('enc', id));
  return encounter && mayReadEncounter(viewer, encounter) ? encounter : null;
}
