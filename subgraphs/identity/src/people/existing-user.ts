import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { User } from '../generated/prisma/client.ts';

/** Somebody a foreign key refers to, so that they are there. */
export async function existingUser(ctx: IdentityContext, id: string): Promise<User> {
  const user = await ctx.loaders.userById.load(id);
  if (!user) throw new Error(`User ${id} is referred to but not there.`);
  return user;
}

/**
 * A person's row as it is now, which nobody else changes before the caller's transaction ends.
 *
 * Weaker than `FOR UPDATE`, so that rows which refer to the person can still be written.
 *
 * @throws when there is nobody with this id.
 */
export async function lockUser(tx: IdentityTransaction, id: string): Promise<User> {
  await tx.$queryRaw`SELECT id FROM "user" WHERE id = ${id} FOR NO KEY UPDATE`;
  return tx.user.findUniqueOrThrow({ where: { id } });
}
