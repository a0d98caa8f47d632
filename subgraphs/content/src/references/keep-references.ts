import type { ContentTransaction } from '../context.ts';
import { findReferences } from './find-references.ts';

interface WrittenTopic {
  readonly id: string;
  readonly subjectId: string;
  readonly markdown: string;
}

/** The rows of `topic_reference` for new topics. */
export function referenceRows(topics: readonly WrittenTopic[]) {
  return topics.flatMap(({ id: topicId, subjectId, markdown }) =>
    findReferences(markdown).map((found, ordinal) => ({ topicId, subjectId, ordinal, ...found })),
  );
}

/** Keeps what new topics link to, in one statement: `createMany` gives every value a parameter of its own. */
export async function insertReferences(
  tx: ContentTransaction,
  topics: readonly WrittenTopic[],
): Promise<void> {
  const rows = referenceRows(topics);
  if (rows.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO topic_reference (topic_id, subject_id, target, written, ordinal)
    SELECT "topicId", "subjectId", target, written, ordinal
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS found (
      "topicId" text, "subjectId" text, target text, written text, ordinal int
    )`;
}

/** Makes what is kept of a topic's references that of its present text, in the caller's transaction. */
export async function keepReferences(tx: ContentTransaction, topic: WrittenTopic): Promise<void> {
  await tx.topicReference.deleteMany({ where: { topicId: topic.id } });
  await insertReferences(tx, [topic]);
}
