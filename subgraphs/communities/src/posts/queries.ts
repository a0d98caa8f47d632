import { type CursorList, cursorList, cursorTypes, type Page } from '@civitas/platform/pagination';
import type { CommunitiesDatabase, CommunitiesTransaction } from '../context.ts';
import { type Post, Prisma } from '../generated/prisma/client.ts';
import type { PostOrder } from '../generated/resolvers.ts';

type SortKey = readonly [Date | number, string];

interface SortOrder {
  readonly list: CursorList<SortKey>;
  readonly column: Prisma.Sql;
  readonly type: Prisma.Sql;
  readonly keyOf: (post: Post) => SortKey;
}

const newestFirst = {
  column: Prisma.sql`created_at`,
  type: Prisma.sql`timestamptz`,
  keyOf: ({ createdAt, id }: Post): SortKey => [createdAt, id],
} as const;

/** Each order is a list of its own, so a cursor of one is refused by the other. */
export const postOrders: Readonly<Record<PostOrder, SortOrder>> = {
  NEW: {
    list: cursorList('Community.posts:NEW', [cursorTypes.instant, cursorTypes.id('pst')]),
    ...newestFirst,
  },
  TOP: {
    list: cursorList('Community.posts:TOP', [cursorTypes.int, cursorTypes.id('pst')]),
    column: Prisma.sql`score`,
    type: Prisma.sql`int`,
    keyOf: ({ score, id }) => [score, id],
  },
};

export const userPosts: SortOrder = {
  list: cursorList('User.posts', [cursorTypes.instant, cursorTypes.id('pst')]),
  ...newestFirst,
};

export type PostPage = Page<SortKey>;

/** The columns of a row called `page` under the names of the model. */
const columns = Prisma.sql`
  page.id,
  page.community_id  AS "communityId",
  page.author_id     AS "authorId",
  page.title,
  page.body,
  page.created_at    AS "createdAt",
  page.score,
  page.comment_count AS "commentCount",
  page.deleted_at    AS "deletedAt",
  page.deleted_by_id AS "deletedById"`;

/** One page of standing posts for each of many communities, in one statement on one index. */
export async function fetchPostsOfCommunities(
  db: CommunitiesDatabase,
  communityIds: readonly string[],
  { order, ...page }: PostPage & { readonly order: PostOrder },
): Promise<ReadonlyMap<string, Post[]>> {
  const rows = await fetchPages(
    db,
    Prisma.sql`community_id`,
    communityIds,
    postOrders[order],
    page,
  );
  return Map.groupBy(rows, (row) => row.communityId);
}

/** The same for what many people have posted. */
export async function fetchPostsOfUsers(
  db: CommunitiesDatabase,
  userIds: readonly string[],
  page: PostPage,
): Promise<ReadonlyMap<string, Post[]>> {
  const rows = await fetchPages(db, Prisma.sql`author_id`, userIds, userPosts, page);
  return Map.groupBy(rows, (row) => row.authorId);
}

function fetchPages(
  db: CommunitiesDatabase,
  parentColumn: Prisma.Sql,
  parentIds: readonly string[],
  { column, type }: SortOrder,
  { first, after }: PostPage,
): Promise<Post[]> {
  const afterKey = after
    ? Prisma.sql`AND (${column}, id) < (${after[0]}::${type}, ${after[1]}::text)`
    : Prisma.empty;
  return db.client.$queryRaw<Post[]>`
    SELECT ${columns}
    FROM unnest(${parentIds}::text[]) AS parent (id)
    CROSS JOIN LATERAL (
      SELECT * FROM post
      WHERE ${parentColumn} = parent.id AND deleted_at IS NULL ${afterKey}
      ORDER BY ${column} DESC, id DESC
      LIMIT ${first + 1}
    ) AS page`;
}

/**
 * Reads a post and keeps others from changing it until the transaction ends. Rows that refer to it
 * can still be written meanwhile. Whoever locks a comment as well locks the post first.
 */
export async function lockPost(tx: CommunitiesTransaction, id: string): Promise<Post | null> {
  const rows = await tx.$queryRaw<Post[]>`
    SELECT ${columns} FROM post AS page WHERE id = ${id} FOR NO KEY UPDATE`;
  return rows[0] ?? null;
}
