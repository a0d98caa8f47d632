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

interface RoleChange {
  readonly type: 'ROLE_GRANTED' | 'ROLE_REVOKED';
  readonly rolesAfter: (
    user: User,
    input: RoleInput,
    tx: IdentityTransaction,
  ) => Promise<readonly string[]>;
}

const GRANT: RoleChange = {
  type: 'ROLE_GRANTED',
  rolesAfter: async (user, { role }) => [...user.roles.filter((each) => each !== role), role],
};

const REVOKE: RoleChange = {
  type: 'ROLE_REVOKED',
  rolesAfter: async (user, { role }, tx) => {
    if (role === 'ADMINISTRATOR' && user.roles.includes(role)) await assertOthers(tx);
    return user.roles.filter((each) => each !== role);
  },
};

/**
 * Gives somebody a platform role; to give one they have changes nothing. Emits
 * `identity.user.roles-changed`.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN` for anybody but an administrator.
 * @throws UserFailure `PersonNotFound`, `InvalidInput`.
 */
export function grantRole(ctx: IdentityContext, input: unknown): Promise<{ user: User }> {
  return changeRoles(ctx, input, GRANT);
}

/**
 * Either by whoever runs the platform, who has the database anyway and needs no role: so comes the
 * first administrator. The log of the account tells of nobody who did it.
 *
 * @throws UserFailure `PersonNotFound`, `InvalidInput`, `LastAdministrator` where one is revoked.
 */
export function changeRoleByOperator(
  ctx: Pick<IdentityContext, 'db' | 'now'>,
  change: 'grant' | 'revoke',
  input: unknown,
): Promise<{ user: User }> {
  return ctx.db.inTransaction(async (tx) => {
    await takeTurn(tx);
    return changeWithin(ctx, tx, input, change === 'grant' ? GRANT : REVOKE);
  });
}

/**
 * Takes a platform role from somebody; there is always an administrator left.
 *
 * @throws as {@link grantRole}, and UserFailure `LastAdministrator`.
 */
export function revokeRole(ctx: IdentityContext, input: unknown): Promise<{ user: User }> {
  return changeRoles(ctx, input, REVOKE);
}

async function changeRoles(
  ctx: IdentityContext,
  input: unknown,
  change: RoleChange,
): Promise<{ user: User }> {
  requireUser(ctx);
  return ctx.db.inTransaction(async (tx) => {
    await takeTurn(tx);
    const { id: actorId } = await requireRole(ctx, tx, ['ADMINISTRATOR']);
    return changeWithin(ctx, tx, input, change, actorId);
  });
}

/** One change of roles at a time: two administrators must not take the role from each other. */
async function takeTurn(tx: IdentityTransaction): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('identity.roles'))`;
}

async function changeWithin(
  ctx: Pick<IdentityContext, 'now'>,
  tx: IdentityTransaction,
  input: unknown,
  { type, rolesAfter }: RoleChange,
  actorId?: string,
): Promise<{ user: User }> {
  const given = parseInput(roleInput, input);
  const { userId, role } = given;
  const before = await tx.user.findUnique({ where: { id: userId } });
  if (!before) {
    throw new UserFailure('PersonNotFound', 'There is nobody with this id.', ['input', 'userId']);
  }
  const roles = await rolesAfter(before, given, tx);
  if (roles.length === before.roles.length) return { user: before };
  const user = await tx.user.update({ where: { id: userId }, data: { roles: [...roles] } });
  const actor = actorId === undefined ? {} : { actorId };
  await recordSecurityEvent(ctx, tx, { userId, type, subject: role, ...actor });
  await appendEvents(tx, [rolesChanged(user, ctx.now())]);
  return { user };
}

async function assertOthers(tx: IdentityTransaction): Promise<void> {
  if ((await tx.user.count({ where: { roles: { has: 'ADMINISTRATOR' } } })) > 1) return;
  throw new UserFailure('LastAdministrator', 'Somebody has to administer the platform.', [
    'input',
    'role',
  ]);
}
