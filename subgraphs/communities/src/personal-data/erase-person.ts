import type { CommunitiesTransaction } from '../context.ts';

/**
 * Makes tombstones of what somebody wrote, so that the threads under it stay, and takes back their
 * votes and memberships; every counter moves with what it counts. A founder's membership stays,
 * because a community has a founder; it names an id and nothing else.
 */
export async function erasePerson(
  tx: CommunitiesTransaction,
  userId: string,
  now: Date,
): Promise<void> {
  await tx.$executeRaw`
    WITH gone AS (DELETE FROM post_vote WHERE user_id = ${userId} RETURNING post_id, value)
    UPDATE post SET score = score - gone.value FROM gone WHERE post.id = gone.post_id`;
  await tx.$executeRaw`
    WITH gone AS (DELETE FROM comment_vote WHERE user_id = ${userId} RETURNING comment_id, value)
    UPDATE comment SET score = score - gone.value FROM gone WHERE comment.id = gone.comment_id`;
  await tx.$executeRaw`
    WITH gone AS (
      UPDATE comment SET body = NULL, deleted_at = ${now}, deleted_by_id = ${userId}
      WHERE author_id = ${userId} AND deleted_at IS NULL
      RETURNING post_id
    ), counted AS (SELECT post_id, count(*)::int AS comments FROM gone GROUP BY post_id)
    UPDATE post SET comment_count = comment_count - counted.comments
    FROM counted WHERE post.id = counted.post_id`;
  await tx.$executeRaw`
    WITH gone AS (
      UPDATE post SET title = NULL, body = NULL, deleted_at = ${now}, deleted_by_id = ${userId}
      WHERE author_id = ${userId} AND deleted_at IS NULL
      RETURNING community_id
    ), counted AS (SELECT community_id, count(*)::int AS posts FROM gone GROUP BY community_id)
    UPDATE community SET post_count = post_count - counted.posts
    FROM counted WHERE community.id = counted.community_id`;
  await tx.$executeRaw`
    WITH gone AS (
      DELETE FROM membership USING community
      WHERE user_id = ${userId} AND community.id = community_id AND founder_id <> ${userId}
      RETURNING community_id
    )
    UPDATE community SET member_count = member_count - 1
    FROM gone WHERE community.id = gone.community_id`;
}
