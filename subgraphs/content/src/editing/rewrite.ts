import * as Y from 'yjs';
import type { ContentTransaction } from '../context.ts';
import { createTextDocument, replaceText } from './text-document.ts';

/** What was appended to a log within a transaction: to be announced once that is committed. */
export interface Rewrite {
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
  readonly update: Uint8Array;
}

/**
 * Makes a topic's live document hold another text, as one update of differences that everybody who
 * edits it gets like any other. The caller holds the locks of the subject and of the topic, and
 * writes the same text to the topic.
 *
 * @returns null when the topic was never opened for editing, or the text is the same.
 */
export async function rewriteDocument(
  tx: ContentTransaction,
  topicId: string,
  markdown: string,
  { userId, now }: { readonly userId: string; readonly now: Date },
): Promise<Rewrite | null> {
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
  const update = replaceText(doc, markdown);
  const to = update ? seq + 1 : seq;
  await tx.topicDocument.update({
    where: { topicId },
    data: { seq: to, markdownSeq: to },
  });
  if (!update) return null;
  const clientId = BigInt(doc.clientID);
  await tx.topicUpdate.create({
    data: { topicId, epoch, seq: to, clientId, bytes: Buffer.from(update), createdAt: now },
  });
  await tx.topicClient.create({ data: { topicId, epoch, clientId, userId, seq: to } });
  return { epoch, from: seq, to, update };
}
