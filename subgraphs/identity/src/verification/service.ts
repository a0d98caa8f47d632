import {
  cursorList,
  cursorTypes,
  type PageArguments,
  readPage,
  whereAfterKey,
} from '@civitas/platform/pagination';
import { requireUser } from '@civitas/platform/subgraph';
import type { IdentityContext } from '../context.ts';
import type { VerificationRequest, VerificationState } from '../generated/prisma/client.ts';
import { OVERSIGHT_ROLES, requireRole } from '../roles/index.ts';

export const verificationRequestsList = cursorList('Query.verificationRequests', [
  cursorTypes.instant,
  cursorTypes.id('vrq'),
]);

/** The viewer's newest request; null when there is none. */
export function findMyVerification(ctx: IdentityContext): Promise<VerificationRequest | null> {
  return ctx.db.client.verificationRequest.findFirst({
    where: { userId: requireUser(ctx).id },
    orderBy: [{ requestedAt: 'desc' }, { id: 'desc' }],
  });
}

/**
 * Requests in one state, longest waiting first, plus one row that says whether there are more.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 */
export async function listVerificationRequests(
  ctx: IdentityContext,
  { state, ...args }: PageArguments & { readonly state: VerificationState },
): Promise<VerificationRequest[]> {
  const { id } = await requireRole(ctx, ctx.db.client, OVERSIGHT_ROLES);
  const { first, after } = readPage(verificationRequestsList, args);
  return ctx.db.client.verificationRequest.findMany({
    where: {
      state,
      // One's own is for others to look at.
      userId: { not: id },
      ...whereAfterKey(['requestedAt', 'id'], after, 'oldest first'),
    },
    orderBy: [{ requestedAt: 'asc' }, { id: 'asc' }],
    take: first + 1,
  });
}
