import { afterKey, cursorList, cursorTypes, type Page } from '@civitas/platform/pagination';
import type { CommunitiesDatabase, CommunitiesTransaction } from '../context.ts';
import { type Comment, type Post, Prisma } from '../generated/prisma/client.ts';
import { lockPost } from '../posts/index.ts';

export const commentsList = cursorList('Post.comments', [
  cursorTypes.instant,
  cursorTypes.id('cmt'),
]);

export const repliesList = cursorList('Comment.replies', [
  cursorTypes.instant,
  cursorTypes.id('cmt'),
]);

export type CommentPage = Page<readonly [Date, string]>;

/** The columns of a row called `page` under the names of the model. */
const columns = Prisma.sql`
  page.id,
  page.post_id       AS "postId",
  page.parent_id     AS "parentId",
  page.parent_depth  AS "parentDepth",
  page.depth,
  page.author_id     AS "authorId",
  page.body,
  page.created_at    AS "createdAt",
  page.score,
  page.deleted_at    AS "deletedAt",
  page.deleted_by_id AS "deletedById"`;

/** One page of comments for each of many posts, `first + 1` each, in one statement on one index. */
export async function fetchComments(
  db: CommunitiesDatabase,
  postIds: readonly string[],
  page: CommentPage,
): Promise<ReadonlyMap<string, Comment[]>> {
  const rows = await db.client.$queryRaw<Comment[]>`
    SELECT ${columns}
    FROM unnest(${postIds}::text[]) AS parent (id)
    CROSS JOIN LATERAL (
      SELECT * FROM comment
      WHERE post_id = parent.id AND parent_id IS NULL ${rest(page)}
    ) AS page`;
  return Map.groupBy(rows, (row) => row.postId);
}

/** The same for the replies to many comments; the post's id lets it use the same index. */
export async function fetchReplies(
  db: CommunitiesDatabase,
  commentIds: readonly string[],
  page: CommentPage,
): Promise<ReadonlyMap<string, Comment[]>> {
  const rows = await db.client.$queryRaw<(Comment & { readonly parentId: string })[]>`
    SELECT ${columns}
    FROM comment AS parent
    CROSS JOIN LATERAL (
      SELECT * FROM comment
      WHERE post_id = parent.post_id AND parent_id = parent.id ${rest(page)}
    ) AS page
    WHERE parent.id = ANY (${commentIds}::text[])`;
  return Map.groupBy(rows, (row) => row.parentId);
}

function rest({ first, after }: CommentPage): Prisma.Sql {
  const start = afterKey(['created_at', 'id'], after, 'oldest first');
  return Prisma.sql`${start} ORDER BY created_at, id LIMIT ${first + 1}`;
}

/** Reads a comment and keeps others from changing it until the transaction ends. */
export async function lockComment(tx: CommunitiesTransaction, id: string): Promise<Comment | null> {
  const rows = await tx.$queryRaw<Comment[]>`
    SELECT ${columns} FROM comment AS page WHERE id = ${id} FOR NO KEY UPDATE`;
  return rows[0] ?? null;
}

/** The same with its post, which is locked first: everything that takes both does it so. */
export async function lockCommentAndPost(
  tx: CommunitiesTransaction,
  id: string,
): Promise<{ comment: Comment; post: Post } | null> {
  const found = await tx.comment.findUnique({ where: { id }, select: { postId: true } });
  const post = found && (await lockPost(tx, found.postId));
  const comment = post && (await lockComment(tx, id));
  return comment && { comment, post };
}
