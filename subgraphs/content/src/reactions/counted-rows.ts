import type { ContentTransaction } from '../context.ts';
import { Prisma } from '../generated/prisma/client.ts';

/** What a person can do to a subject once. */
export type Reaction = 'like' | 'save';

const PLACES = {
  like: { table: Prisma.sql`subject_like`, counter: Prisma.sql`like_count` },
  save: { table: Prisma.sql`subject_save`, counter: Prisma.sql`save_count` },
} as const;

/**
 * Adds a person's reaction and counts it, or does nothing when it is there. One statement: of many
 * that run at once, each waits for the row of its rival and counts only what it has itself added.
 */
export async function addReaction(
  tx: ContentTransaction,
  reaction: Reaction,
  { subjectId, userId, at }: { subjectId: string; userId: string; at: Date },
): Promise<void> {
  const { table, counter } = PLACES[reaction];
  await tx.$executeRaw`
    WITH added AS (
      INSERT INTO ${table} (subject_id, user_id, created_at) VALUES (${subjectId}, ${userId}, ${at})
      ON CONFLICT DO NOTHING RETURNING subject_id
    )
    UPDATE subject SET ${counter} = ${counter} + 1 FROM added WHERE subject.id = added.subject_id`;
}

/** Takes a person's reaction away and uncounts it, or does nothing when there is none. */
export async function removeReaction(
  tx: ContentTransaction,
  reaction: Reaction,
  { subjectId, userId }: { subjectId: string; userId: string },
): Promise<void> {
  const { table, counter } = PLACES[reaction];
  await tx.$executeRaw`
    WITH removed AS (
      DELETE FROM ${table} WHERE subject_id = ${subjectId} AND user_id = ${userId}
      RETURNING subject_id
    )
    UPDATE subject SET ${counter} = ${counter} - 1
    FROM removed WHERE subject.id = removed.subject_id`;
}
