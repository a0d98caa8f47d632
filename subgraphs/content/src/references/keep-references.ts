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

/** Makes what is kept of a topic's references that of its present text, in the caller's transaction. */
export async function keepReferences(tx: ContentTransaction, topic: WrittenTopic): Promise<void> {
  await tx.topicReference.deleteMany({ where: { topicId: topic.id } });
  const data = referenceRows([topic]);
  if (data.length > 0) await tx.topicReference.createMany({ data });
}
