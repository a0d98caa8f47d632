/** What holds in the whole database, each with a query of the rows of which it does not. */
export const audits = {
  'a community counts its members': `
    SELECT id FROM community LEFT JOIN (
      SELECT community_id, count(*) AS counted FROM membership GROUP BY community_id
    ) AS member ON community_id = id
    WHERE member_count <> coalesce(counted, 0)`,
  'a community counts its posts': `
    SELECT id FROM community LEFT JOIN (
      SELECT community_id, count(*) AS counted FROM post WHERE deleted_at IS NULL GROUP BY community_id
    ) AS posted ON community_id = id
    WHERE post_count <> coalesce(counted, 0)`,
  'a post counts its comments': `
    SELECT id FROM post LEFT JOIN (
      SELECT post_id, count(*) AS counted FROM comment WHERE deleted_at IS NULL GROUP BY post_id
    ) AS commented ON post_id = id
    WHERE comment_count <> coalesce(counted, 0)`,
  'the score of a post is that of its votes': `
    SELECT id FROM post LEFT JOIN (
      SELECT post_id, sum(value) AS voted FROM post_vote GROUP BY post_id
    ) AS vote ON post_id = id
    WHERE score <> coalesce(voted, 0)`,
  'the score of a comment is that of its votes': `
    SELECT id FROM comment LEFT JOIN (
      SELECT comment_id, sum(value) AS voted FROM comment_vote GROUP BY comment_id
    ) AS vote ON comment_id = id
    WHERE score <> coalesce(voted, 0)`,
};
