import { cursorList, cursorTypes, type Page } from '@civitas/platform/pagination';
import type { IdentityContext } from '../context.ts';
import { Prisma, type User, type UserKind } from '../generated/prisma/client.ts';

export const searchPeopleList = cursorList('Query.searchPeople', [
  cursorTypes.int,
  cursorTypes.id('usr'),
]);

export interface Found {
  readonly id: string;
  /** Thousandths of trigram similarity, and a thousand more for a prefix. */
  readonly score: number;
}

/** Best first. Both conditions on a column are served by its one trigram index. */
export function searchPeople(
  ctx: IdentityContext,
  { query, kind }: { readonly query: string; readonly kind: UserKind | null },
  { first, after }: Page<readonly [number, string]>,
): Promise<Found[]> {
  const prefix = `${query.replaceAll(/[\\%_]/g, '\\$&')}%`;
  const ofKind = kind === null ? Prisma.empty : Prisma.sql`AND kind = ${kind}::user_kind`;
  const beyond =
    after === null
      ? Prisma.empty
      : Prisma.sql`WHERE (score, id) < (${after[0]}::int, ${after[1]}::text)`;
  return ctx.db.client.$queryRaw<Found[]>`
    SELECT id, score FROM (
      SELECT id, (1000 * greatest(
          similarity(handle, ${query}),
          similarity(display_name, ${query}),
          word_similarity(${query}, display_name)
        ))::int + CASE WHEN handle LIKE ${prefix} OR display_name ILIKE ${prefix}
                       THEN 1000 ELSE 0 END AS score
      FROM "user"
      WHERE search_visibility = 'PUBLIC' ${ofKind} AND (
        handle LIKE ${prefix} OR handle % ${query} OR
        display_name ILIKE ${prefix} OR display_name % ${query} OR display_name %> ${query}
      )
    ) AS found
    ${beyond}
    ORDER BY score DESC, id DESC
    LIMIT ${first + 1}`;
}

/** Whose handle this is or was. */
export async function findByHandle(ctx: IdentityContext, handle: string): Promise<User | null> {
  const user = await ctx.db.client.user.findUnique({ where: { handle } });
  if (user) return user;
  const former = await ctx.db.client.formerHandle.findUnique({
    where: { handle, until: { gt: ctx.now() } },
    include: { user: true },
  });
  // A handle of somebody who was erased is held back, and leads nowhere.
  return former?.user.erasedAt === null ? former.user : null;
}
