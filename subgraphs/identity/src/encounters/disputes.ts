import {
  cursorList,
  cursorTypes,
  type PageArguments,
  readPage,
  whereAfterKey,
} from '@civitas/platform/pagination';
import type { IdentityContext } from '../context.ts';
import type { DisputeState, EncounterDispute } from '../generated/prisma/client.ts';
import { OVERSIGHT_ROLES, requireRole } from '../roles/index.ts';

export const encounterDisputesList = cursorList('Query.encounterDisputes', [
  cursorTypes.instant,
  cursorTypes.id('dsp'),
]);

/**
 * Disputes in one state, longest waiting first, plus one row that says whether there are more.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN` for others than oversight.
 */
export async function listEncounterDisputes(
  ctx: IdentityContext,
  { state, ...args }: PageArguments & { readonly state: DisputeState },
): Promise<EncounterDispute[]> {
  await requireRole(ctx, ctx.db.client, OVERSIGHT_ROLES);
  const { first, after } = readPage(encounterDisputesList, args);
  return ctx.db.client.encounterDispute.findMany({
    where: {
      state,
      ...whereAfterKey(['openedAt', 'id'], after, 'oldest first'),
    },
    orderBy: [{ openedAt: 'asc' }, { id: 'asc' }],
    take: first + 1,
  });
}
