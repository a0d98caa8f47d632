import { type CursorList, cursorList, cursorTypes, type Page } from '@civitas/platform/pagination';
import type { CommunitiesDatabase } from '../context.ts';
import { type Community, Prisma } from '../generated/prisma/client.ts';
import type { CommunityOrder } from '../generated/resolvers.ts';

type SortKey = readonly [Date | number, string];

interface SortOrder {
  readonly list: CursorList<SortKey>;
  readonly column: Prisma.Sql;
  readonly type: Prisma.Sql;
  readonly keyOf: (community: Community) => SortKey;
}

/** Each order is a list of its own, so a cursor of one is refused by the other. */
export const communityOrders: Readonly<Record<CommunityOrder, SortOrder>> = {
  NEW: {
    list: cursorList('Query.communities:NEW', [cursorTypes.instant, cursorTypes.id('com')]),
    column: Prisma.sql`community.created_at`,
    type: Prisma.sql`timestamptz`,
    keyOf: ({ createdAt, id }) => [createdAt, id],
  },
  LARGEST: {
    list: cursorList('Query.communities:LARGEST', [cursorTypes.int, cursorTypes.id('com')]),
    column: Prisma.sql`community.member_count`,
    type: Prisma.sql`int`,
    keyOf: ({ memberCount, id }) => [memberCount, id],
  },
};

/** The columns of a `community` row under the names of the model. */
export const communityColumns = Prisma.sql`
  community.id,
  community.name,
  community.slug,
  community.description,
  community.founder_id   AS "founderId",
  community.member_count AS "memberCount",
  community.post_count   AS "postCount",
  community.created_at   AS "createdAt"`;

/** One page of all communities, `first + 1` rows, by the index of its order. */
export function fetchCommunities(
  db: CommunitiesDatabase,
  order: CommunityOrder,
  { first, after }: Page<SortKey>,
): Promise<Community[]> {
  const { column, type } = communityOrders[order];
  const afterKey = after
    ? Prisma.sql`WHERE (${column}, community.id) < (${after[0]}::${type}, ${after[1]}::text)`
    : Prisma.empty;
  return db.client.$queryRaw<Community[]>`
    SELECT ${communityColumns}
    FROM community ${afterKey}
    ORDER BY ${column} DESC, community.id DESC
    LIMIT ${first + 1}`;
}
