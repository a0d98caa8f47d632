import * as Y from 'yjs';
import type { ContentTransaction } from '../context.ts';
import { createTextDocument, textOf } from './text-document.ts';

interface StoredDocument {
  readonly doc: Y.Doc;
  readonly epoch: number;
  readonly seq: number;
}

/**
 * The live document of a topic as the log has it, under the lock of its row: nothing is added until the
 * transaction ends. Null when the topic was never opened for editing.
 */
export async function loadDocument(
  tx: ContentTransaction,
  topicId: string,
): Promise<StoredDocument | null> {
  const [head] = await tx.$queryRaw<{ epoch: number; seq: number; snapshot: Uint8Array | null }[]>`
    SELECT epoch, seq, snapshot FROM topic_document WHERE topic_id = ${topicId} FOR UPDATE`;
  if (!head) return null;
  const { epoch, seq } = head;
  const log = await tx.topicUpdate.findMany({
    where: { topicId, epoch },
    orderBy: { seq: 'asc' },
    select: { bytes: true },
  });
  const doc = createTextDocument();
  if (head.snapshot) Y.applyUpdate(doc, head.snapshot);
  for (const { bytes } of log) Y.applyUpdate(doc, bytes);
  return { doc, epoch, seq };
}

/**
 * The text of topics as it is now, live edits included that their Markdown does not have yet.
 *
 * @returns by id; topics that are not there are left out.
 */
export async function readTexts(
  tx: ContentTransaction,
  topicIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await tx.topic.findMany({
    where: { id: { in: [...topicIds] } },
    select: {
      id: true,
      markdown: true,
      document: { select: { seq: true, markdownSeq: true } },
    },
  });
  const texts = new Map<string, string>();
  for (const { id, markdown, document } of rows) {
    const isBehind = document !== null && document.seq > document.markdownSeq;
    const stored = isBehind ? await loadDocument(tx, id) : null;
    texts.set(id, stored ? textOf(stored.doc).toString() : markdown);
  }
  return texts;
}

/** Who has written what the topic's Markdown does not have yet, twenty at most. */
export async function writersOf(tx: ContentTransaction, topicId: string): Promise<string[]> {
  const writers = await tx.$queryRaw<{ userId: string }[]>`
    SELECT DISTINCT client.user_id AS "userId"
    FROM topic_document AS document
    JOIN topic_update AS written ON written.topic_id = document.topic_id
      AND written.epoch = document.epoch AND written.seq > document.markdown_seq
    JOIN topic_client AS client ON client.topic_id = written.topic_id
      AND client.epoch = written.epoch AND client.client_id = written.client_id
    WHERE document.topic_id = ${topicId}
    ORDER BY client.user_id
    LIMIT 20`;
  return writers.map(({ userId }) => userId);
}
