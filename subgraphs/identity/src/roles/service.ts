import { UserFailure } from '@civitas/platform/errors';
import { appendEvents } from '@civitas/platform/events';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { User } from '../generated/prisma/client.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { rolesChanged } from './events.ts';
import { requireRole } from './require-role.ts';

const roleInput = z.object({
  userId: idOf('usr'),
  role: z.enum(['ADMINISTRATOR', 'MODERATOR', 'SUPPORT']),
});

type RoleInput = z.output<typeof roleInput>;

/**
 * Gives somebody a platform role; to give one they have changes nothing. Emits
 * `identity.user.roles-changed`.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN` for anybody but an administrator.
 * @throws UserFailure `PersonNotFound`, `InvalidInput`.
 */
export function grantRole(ctx: IdentityContext, input: unknown): Promise<{ user: User }> {
  return changeRoles(ctx, input, 'ROLE_GRANTED', async (user, { role }) => [
    ...user.roles.filter((each) => each !== role),
    role,
  ]);
}

/**
 * Takes a platform role from somebody; there is always an administrator left.
 *
 * @throws as {@link grantRole}, and UserFailure `LastAdministrator`.
 */
export function revokeRole(ctx: IdentityContext, input: unknown): Promise<{ user: User }> {
  return changeRoles(ctx, input, 'ROLE_REVOKED', async (user, { role }, tx) => {
    if (role === 'ADMINISTRATOR' && user.roles.includes(role)) await assertOthers(tx);
    return user.roles.filter((each) => each !== role);
  });
}

async function changeRoles(
  ctx: IdentityContext,
  input: unknown,
  type: 'ROLE_GRANTED' | 'ROLE_REVOKED',
  rolesAfter: (user: User, input: RoleInput, tx: IdentityTransaction) => Promise<string[]>,
): Promise<{ user: User }> {
  requireUser(ctx);
  return ctx.db.inTransaction(async (tx) => {
    // One change of roles at a time: two administrators must not take the role from each other.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('identity.roles'))`;
    const { id: actorId } = await requireRole(ctx, tx, ['ADMINISTRATOR']);
    const given = parseInput(roleInput, input);
    const { userId, role } = given;
    const before = await tx.user.findUnique({ where: { id: userId } });
    if (!before) {
      throw new UserFailure('PersonNotFound', 'There is nobody with this id.', ['input', 'userId']);
    }
    const roles = await rolesAfter(before, given, tx);
    if (roles.length === before.roles.length) return { user: before };
    const user = await tx.user.update({ where: { id: userId }, data: { roles } });
    await recordSecurityEvent(ctx, tx, { userId, type, actorId, subject: role });
    await appendEvents(tx, [rolesChanged(user, ctx.now())]);
    return { user };
  });
}

async function assertOthers(tx: IdentityTransaction): Promise<void> {
  if ((await tx.user.count({ where: { roles: { has: 'ADMINISTRATOR' } } })) > 1) return;
  throw new UserFailure('LastAdministrator', 'Somebody has to administer the platform.', [
    'input',
    'role',
  ]);
}
