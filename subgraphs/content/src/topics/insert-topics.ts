import type { ContentTransaction } from '../context.ts';

/** A new topic, without its subject and its instants. */
export interface NewTopic {
  readonly id: string;
  readonly parentId: string | null;
  readonly depth: number;
  readonly position: string;
  readonly title: string;
  readonly heading: string | null;
  readonly markdown: string;
}

/**
 * Inserts many topics of one subject in one statement. For thousands of rows it takes a fraction of the
 * time of Prisma's `createMany`, which gives every value a parameter of its own.
 */
export async function insertTopics(
  tx: ContentTransaction,
  subjectId: string,
  topics: readonly NewTopic[],
  now: Date,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO topic (id, subject_id, parent_id, depth, position, title, heading, markdown,
                       created_at, updated_at)
    SELECT id, ${subjectId}, "parentId", depth, position, title, heading, markdown, ${now}, ${now}
    FROM jsonb_to_recordset(${JSON.stringify(topics)}::jsonb) AS new_topic (
      id text, "parentId" text, depth smallint, position text, title text, heading text, markdown text
    )`;
}
