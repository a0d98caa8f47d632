import { CivitasError } from '@civitas/platform/errors';
import { requireUser, type UserViewer } from '@civitas/platform/subgraph';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import { rolesInForce } from './rights-in-force.ts';

export type PlatformRole = 'ADMINISTRATOR' | 'MODERATOR' | 'SUPPORT';

/** Roles that watch over what others do: they decide disputes and what is to be verified. */
export const OVERSIGHT_ROLES: readonly PlatformRole[] = ['ADMINISTRATOR', 'MODERATOR'];

/**
 * The viewer, who has one of these roles now: read from the database, because an access token may
 * be five minutes old. Roles count as {@link rolesInForce} says.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 */
export async function requireRole(
  ctx: IdentityContext,
  db: Pick<IdentityTransaction, 'user' | '$queryRaw'>,
  roles: readonly PlatformRole[],
): Promise<UserViewer> {
  const viewer = requireUser(ctx);
  const user = await db.user.findUnique({ where: { id: viewer.id } });
  const held = user ? await rolesInForce(ctx, db, user) : [];
  if (!held.some((role) => roles.includes(role as PlatformRole))) {
    throw new CivitasError('FORBIDDEN');
  }
  return viewer;
}
