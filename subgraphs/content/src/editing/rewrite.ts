import type { ContentTransaction } from '../context.ts';
import { loadDocument } from './stored-document.ts';
import { replaceText } from './text-document.ts';

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
  const stored = await loadDocument(tx, topicId);
  if (!stored) return null;
  const { doc, epoch, seq } = stored;
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
