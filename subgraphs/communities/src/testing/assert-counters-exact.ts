import type { ClientBase } from 'pg';

/** Each names the rows whose counter is not what it counts. */
const wrongCounters = {
  memberCount: `
    SELECT id FROM community WHERE member_count <>
      (SELECT count(*) FROM membership WHERE community_id = community.id)`,
  postCount: `
    SELECT id FROM community WHERE post_count <>
      (SELECT count(*) FROM post WHERE community_id = community.id AND deleted_at IS NULL)`,
  commentCount: `
    SELECT id FROM post WHERE comment_count <>
      (SELECT count(*) FROM comment WHERE post_id = post.id AND deleted_at IS NULL)`,
  postScore: `
    SELECT id FROM post WHERE score <>
      (SELECT coalesce(sum(value), 0) FROM post_vote WHERE post_id = post.id)`,
  commentScore: `
    SELECT id FROM comment WHERE score <>
      (SELECT coalesce(sum(value), 0) FROM comment_vote WHERE comment_id = comment.id)`,
};

/** @throws Error naming the counters that differ from their rows, anywhere in the database. */
export async function assertCountersExact(client: ClientBase): Promise<void> {
  for (const [counter, query] of Object.entries(wrongCounters)) {
    const { rows } = await client.query<{ id: string }>(query);
    const ids = rows.map(({ id }) => id).join(', ');
    if (ids !== '') throw new Error(`${counter} is wrong of ${ids}`);
  }
}
