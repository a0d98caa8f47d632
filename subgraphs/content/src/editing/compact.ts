import * as Y from 'yjs';
import type { ContentDatabase, ContentTransaction } from '../context.ts';
import { recordRevision } from '../history/index.ts';
import { keepReferences } from '../references/index.ts';
import type { RoomState } from './room-state.ts';
import { writersOf } from './stored-document.ts';
import { textOf } from './text-document.ts';

/**
 * Merges the log up to what this server has into the snapshot, and puts the text of that moment into
 * the topic's Markdown. Both only move forward; of several servers one does it at a time, the others
 * leave it. Locks subject, topic and document in the order of every other change; the document last and
 * only to move the pointers, because every push waits for that lock.
 *
 * @returns the sequence number it reached; null when somebody else is at it or was further.
 */
export async function compact(
  db: ContentDatabase,
  topicId: string,
  state: Pick<RoomState, 'epoch' | 'seq' | 'doc'>,
  now: Date,
): Promise<{ readonly seq: number; readonly isMarkdownKept: boolean } | null> {
  const { seq, epoch } = state;
  const snapshot = Buffer.from(Y.encodeStateAsUpdate(state.doc));
  const markdown = textOf(state.doc).toString();
  return db.inTransaction(async (tx) => {
    const [lock] = await tx.$queryRaw<{ isMine: boolean }[]>`
      SELECT pg_try_advisory_xact_lock(hashtext('topic_document'), hashtext(${topicId})) AS "isMine"`;
    if (!lock?.isMine) return null;
    const [subject] = await tx.$queryRaw<{ id: string }[]>`
      SELECT subject.id FROM subject JOIN topic ON topic.subject_id = subject.id
      WHERE topic.id = ${topicId} FOR UPDATE OF subject`;
    if (!subject) return null;
    const [topic] = await tx.$queryRaw<{ markdown: string }[]>`
      SELECT markdown FROM topic WHERE id = ${topicId} FOR NO KEY UPDATE`;
    // Read after the locks, without which nobody moves these pointers.
    const document = await tx.topicDocument.findUnique({
      where: { topicId },
      select: { epoch: true, snapshotSeq: true, markdownSeq: true },
    });
    if (!topic || document?.epoch !== epoch || document.snapshotSeq >= seq) return null;
    const isMarkdownKept =
      document.markdownSeq >= seq ||
      (await keepMarkdown(tx, {
        topicId,
        subjectId: subject.id,
        markdown,
        before: topic.markdown,
        now,
      }));
    await tx.$executeRaw`
      DELETE FROM topic_update
      WHERE topic_id = ${topicId} AND (epoch < ${epoch} OR epoch = ${epoch} AND seq <= ${seq})`;
    await tx.$executeRaw`
      UPDATE topic_document SET snapshot = ${snapshot}, snapshot_seq = ${seq},
        markdown_seq = CASE WHEN ${isMarkdownKept} THEN greatest(markdown_seq, ${seq}) ELSE markdown_seq END
      WHERE topic_id = ${topicId}`;
    return { seq, isMarkdownKept };
  });
}

interface NewMarkdown {
  readonly topicId: string;
  readonly subjectId: string;
  readonly markdown: string;
  readonly before: string;
  readonly now: Date;
}

/**
 * Writes the text of a live document into its topic, whose lock the caller holds.
 *
 * @returns false when the subject is full: it keeps its older Markdown until there is room, and the log
 * loses nothing.
 */
async function keepMarkdown(tx: ContentTransaction, changed: NewMarkdown): Promise<boolean> {
  const { topicId, subjectId, markdown, before, now } = changed;
  const authorIds = await writersOf(tx, topicId);
  const grown = Buffer.byteLength(markdown) - Buffer.byteLength(before);
  const counted = await tx.$executeRaw`
    UPDATE subject SET markdown_bytes = markdown_bytes + ${grown}::int, updated_at = ${now}
    WHERE id = ${subjectId} AND markdown_bytes + ${grown}::int <= 4194304`;
  if (counted === 0) return false;
  await tx.$executeRaw`
    UPDATE topic SET markdown = ${markdown}, updated_at = ${now} WHERE id = ${topicId}`;
  if (authorIds.length > 0) {
    await recordRevision(tx, { topicId, markdown, before, kind: 'EDITED', authorIds, now });
  }
  await keepReferences(tx, { id: topicId, subjectId, markdown });
  return true;
}
