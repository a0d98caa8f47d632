import type { ContentDatabase } from '../context.ts';
import { firstUpdate } from './text-document.ts';

/**
 * Makes the document of a topic from its Markdown unless there is one. The lock of the topic's row
 * makes this happen once, whoever opens it first and however many do at once.
 *
 * @returns false when there is no such topic, or it is archived.
 */
export async function ensureDocument(
  db: ContentDatabase,
  topicId: string,
  now: Date,
): Promise<boolean> {
  return db.inTransaction(async (tx) => {
    const [topic] = await tx.$queryRaw<{ markdown: string }[]>`
      SELECT markdown FROM topic WHERE id = ${topicId} AND archive_root_id IS NULL FOR NO KEY UPDATE`;
    if (!topic) return false;
    const bytes = firstUpdate(topic.markdown);
    const seq = bytes === null ? 0 : 1;
    const { count } = await tx.topicDocument.createMany({
      data: { topicId, epoch: 1, seq, markdownSeq: seq },
      skipDuplicates: true,
    });
    if (count === 1 && bytes !== null) {
      await tx.topicUpdate.create({
        data: { topicId, epoch: 1, seq, clientId: 0n, bytes: Buffer.from(bytes), createdAt: now },
      });
    }
    return true;
  });
}
