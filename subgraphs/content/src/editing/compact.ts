import * as Y from 'yjs';
import type { ContentDatabase } from '../context.ts';
import { recordRevision } from '../history/index.ts';
import { keepReferences } from '../references/index.ts';
import type { RoomState } from './room-state.ts';
import { writersOf } from './stored-document.ts';
import { textOf } from './text-document.ts';

/**
 * Merges the log up to what this server has into the snapshot, and puts the text of that moment into
 * the topic's Markdown. Both only move forward; of several servers one does it at a time, the others
 * leave it. Locks subject, topic and document in the order of every other change.
 *
 * @returns the sequence number it reached; null when somebody else is at it or was further.
 */
export async function compact(
  db: ContentDatabase,
  topicId: string,
  state: RoomState,
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
    const moved = await tx.$executeRaw`
      UPDATE topic_document SET snapshot = ${snapshot}, snapshot_seq = ${seq}
      WHERE topic_id = ${topicId} AND epoch = ${epoch} AND snapshot_seq < ${seq}`;
    if (moved === 0 || !topic) return null;
    const authorIds = await writersOf(tx, topicId);
    await tx.$executeRaw`
      DELETE FROM topic_update
      WHERE topic_id = ${topicId} AND (epoch < ${epoch} OR epoch = ${epoch} AND seq <= ${seq})`;
    const grown = Buffer.byteLength(markdown) - Buffer.byteLength(topic.markdown);
    // A subject that is full keeps its older Markdown until there is room; the log loses nothing.
    const counted = await tx.$executeRaw`
      UPDATE subject SET markdown_bytes = markdown_bytes + ${grown}::int, updated_at = ${now}
      WHERE id = ${subject.id} AND markdown_bytes + ${grown}::int <= 4194304`;
    if (counted === 0) return { seq, isMarkdownKept: false };
    await tx.$executeRaw`
      UPDATE topic SET markdown = ${markdown}, updated_at = ${now} WHERE id = ${topicId}`;
    if (authorIds.length > 0) {
      const { markdown: before } = topic;
      await recordRevision(tx, { topicId, markdown, before, kind: 'EDITED', authorIds, now });
    }
    await keepReferences(tx, { id: topicId, subjectId: subject.id, markdown });
    await tx.$executeRaw`
      UPDATE topic_document SET markdown_seq = ${seq}
      WHERE topic_id = ${topicId} AND markdown_seq < ${seq}`;
    return { seq, isMarkdownKept: true };
  });
}
