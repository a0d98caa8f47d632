import { CivitasError } from '@civitas/platform/errors';
import type { Viewer } from '@civitas/platform/subgraph';
import type { Encounter, User } from '../generated/prisma/client.ts';
import { OVERSIGHT_ROLES } from '../roles/index.ts';

function isOversight(viewer: Viewer): boolean {
  return viewer.type === 'user' && OVERSIGHT_ROLES.some((role) => viewer.roles.includes(role));
}

function isSelf(viewer: Viewer, person: User): boolean {
  return viewer.type === 'user' && viewer.id === person.id;
}

/** @throws CivitasError `FORBIDDEN` unless whom this civilian has met is for the viewer to know. */
export function assertMayReadAcquaintances(viewer: Viewer, civilian: User): void {
  if (civilian.acquaintanceVisibility === 'PUBLIC') return;
  assertMayReadEncounters(viewer, civilian);
}

/** @throws CivitasError `FORBIDDEN` unless the viewer is this person or in oversight. */
export function assertMayReadEncounters(viewer: Viewer, person: User): void {
  if (isSelf(viewer, person) || isOversight(viewer)) return;
  throw new CivitasError('FORBIDDEN');
}

/** Both sides of an encounter, and oversight. */
export function mayReadEncounter(viewer: Viewer, { civilianId, officerId }: Encounter): boolean {
  if (viewer.type !== 'user') return false;
  return viewer.id === civilianId || viewer.id === officerId || isOversight(viewer);
}
