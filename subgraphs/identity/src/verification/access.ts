import type { UserViewer } from '@civitas/platform/subgraph';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { UserKind } from '../generated/prisma/client.ts';
import { OVERSIGHT_ROLES, requireRole } from '../roles/index.ts';

/**
 * The viewer, who may decide about somebody of this kind: officers have power over others, so that
 * only administrators vouch for them.
 *
 * @param kind null where nobody was found, which only oversight is told.
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 */
export function requireDecider(
  ctx: IdentityContext,
  tx: IdentityTransaction,
  kind: UserKind | null,
): Promise<UserViewer> {
  return requireRole(ctx, tx, kind === 'OFFICER' ? ['ADMINISTRATOR'] : OVERSIGHT_ROLES);
}
