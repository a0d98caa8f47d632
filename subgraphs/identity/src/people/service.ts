import { parseId } from '@civitas/platform/ids';
import { type PageArguments, readPage } from '@civitas/platform/pagination';
import type { IdentityContext } from '../context.ts';
import type { User, UserKind } from '../generated/prisma/client.ts';
import { fetchUsers, usersList } from './queries.ts';

/**
 * A person's profile, which everybody may read.
 *
 * @throws CivitasError `MALFORMED_ID`.
 */
export function findUser(ctx: IdentityContext, id: string): Promise<User | null> {
  return ctx.loaders.userById.load(parseId('usr', id));
}

/** What an entity reference asks for; an id that is not of a user finds nobody. */
export async function resolveUserReference(
  ctx: IdentityContext,
  reference: { readonly id: string },
): Promise<User | null> {
  return findUser(ctx, reference.id);
}

/** A page of people, newest first, plus one row that says whether there are more. */
export function listUsers(
  ctx: IdentityContext,
  { kind, ...args }: PageArguments & { readonly kind: UserKind | null },
): Promise<User[]> {
  return fetchUsers(ctx.db, kind, readPage(usersList, args));
}
