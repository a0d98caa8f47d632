import { CivitasError } from '@civitas/platform/errors';
import { requireUser, type UserViewer } from '@civitas/platform/subgraph';
import type { IdentityContext, IdentityTransaction } from '../context.ts';

/**
 * The viewer, who is an administrator now: read from the database, because an access token may be
 * five minutes old.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 */
export async function requireAdministrator(
  ctx: IdentityContext,
  tx: IdentityTransaction,
): Promise<UserViewer> {
  const viewer = requireUser(ctx);
  const user = await tx.user.findUnique({ where: { id: viewer.id } });
  if (!user?.roles.includes('ADMINISTRATOR')) throw new CivitasError('FORBIDDEN');
  return viewer;
}
