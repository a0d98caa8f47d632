import type { CommunitiesTransaction } from '../context.ts';
import { Prisma } from '../generated/prisma/client.ts';

const tables = {
  post: { texts: Prisma.sql`post`, votes: Prisma.sql`post_vote`, key: Prisma.sql`post_id` },
  comment: {
    texts: Prisma.sql`comment`,
    votes: Prisma.sql`comment_vote`,
    key: Prisma.sql`comment_id`,
  },
};

/**
 * Sets one person's vote and moves the score by the difference, in one statement.
 *
 * The transaction must hold the lock of the text's row: the statement then sees the vote that the
 * previous holder left, and the score stays the sum of the votes.
 *
 * @param value 1, -1, or 0 to take the vote back.
 * @returns the score after it.
 */
export async function setVote(
  tx: CommunitiesTransaction,
  kind: keyof typeof tables,
  id: string,
  userId: string,
  value: 1 | -1 | 0,
): Promise<number> {
  const { texts, votes, key } = tables[kind];
  const rows = await tx.$queryRaw<{ score: number }[]>`
    WITH previous AS (
      SELECT value FROM ${votes} WHERE ${key} = ${id} AND user_id = ${userId}
    ), taken_back AS (
      DELETE FROM ${votes} WHERE ${key} = ${id} AND user_id = ${userId} AND ${value}::int = 0
    ), given AS (
      INSERT INTO ${votes} (${key}, user_id, value)
      SELECT ${id}, ${userId}, ${value}::int WHERE ${value}::int <> 0
      ON CONFLICT (${key}, user_id) DO UPDATE SET value = excluded.value
    )
    UPDATE ${texts} SET score = score + ${value}::int - coalesce((SELECT value FROM previous), 0)
    WHERE id = ${id}
    RETURNING score`;
  if (!rows[0]) throw new Error(`The ${kind} ${id} is locked but not there.`);
  return rows[0].score;
}
