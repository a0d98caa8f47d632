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

/** Of each way to be found, so many are looked at: a name of a city has thousands of namesakes. */
const CANDIDATES = 200;
/** With a page of beginnings, nobody is looked for who only sounds alike: that is the dear part. */
const FEW = 100;

/**
 * Best first, out of at most three times {@link CANDIDATES} people. First those whose handle or name
 * begins so, which two b-trees know; only where they are few, those with a word that is nearly it, by
 * the trigram indexes. Who is looked at does not depend on the page, so that pages follow each other.
 */
export function searchPeople(
  ctx: IdentityContext,
  { query, kind }: { readonly query: string; readonly kind: UserKind | null },
  { first, after }: Page<readonly [number, string]>,
): Promise<Found[]> {
  const prefix = `${query.replaceAll(/[\\%_]/g, '\\$&')}%`;
  const ofKind = kind === null ? Prisma.empty : Prisma.sql`AND kind = ${kind}::user_kind`;
  const searched = Prisma.sql`search_visibility = 'PUBLIC' ${ofKind}`;
  const beyond =
    after === null
      ? Prisma.empty
      : Prisma.sql`WHERE (score, id) < (${after[0]}::int, ${after[1]}::text)`;
  return ctx.db.client.$queryRaw<Found[]>`
    WITH beginning AS MATERIALIZED (
      (SELECT id, handle, display_name FROM "user"
       WHERE ${searched} AND lower(handle) LIKE lower(${prefix})
       ORDER BY lower(handle) USING ~<~ LIMIT ${CANDIDATES})
      UNION
      (SELECT id, handle, display_name FROM "user"
       WHERE ${searched} AND lower(display_name) LIKE lower(${prefix})
       ORDER BY lower(display_name) USING ~<~ LIMIT ${CANDIDATES})
    ), alike AS MATERIALIZED (
      SELECT id, handle, display_name
      FROM people_alike(${query}, ${kind}::user_kind, ${CANDIDATES}::int)
      WHERE (SELECT count(*) FROM beginning) < ${FEW}
    )
    SELECT id, score FROM (
      SELECT id, max(bonus + (1000 * greatest(
          similarity(handle, ${query}),
          similarity(display_name, ${query}),
          word_similarity(${query}, display_name)
        ))::int)::int AS score
      FROM (SELECT *, 1000 AS bonus FROM beginning UNION ALL SELECT *, 0 FROM alike) AS candidate
      GROUP BY id
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
