import type * as Y from 'yjs';
import type { ContentTransaction } from '../context.ts';
import type { Rewrite } from './rewrite.ts';
import { loadDocument } from './stored-document.ts';
import { firstUpdate, newDocument, textOf } from './text-document.ts';

/** A live document before and after it forgot everything but its text. */
export interface Restart {
  readonly before: { readonly epoch: number; readonly text: Y.Text };
  readonly after: { readonly epoch: number; readonly text: Y.Text };
  /** Tells every server: another epoch makes it read anew. */
  readonly rewrite: Rewrite;
}

/**
 * Makes a topic's live document anew from its present text, in the next epoch: log, snapshot and whose
 * client ids were go for good. The caller holds the locks of the subject and of the topic, writes the
 * same text to the topic, and announces the rewrite after the commit.
 *
 * @returns null when the topic was never opened for editing.
 */
export async function restartDocument(
  tx: ContentTransaction,
  topicId: string,
  now: Date,
): Promise<Restart | null> {
  const stored = await loadDocument(tx, topicId);
  if (!stored) return null;
  const markdown = textOf(stored.doc).toString();
  const bytes = firstUpdate(markdown);
  const epoch = stored.epoch + 1;
  const seq = bytes === null ? 0 : 1;
  await tx.topicUpdate.deleteMany({ where: { topicId } });
  await tx.topicClient.deleteMany({ where: { topicId } });
  await tx.topicDocument.update({
    where: { topicId },
    data: { epoch, seq, markdownSeq: seq, snapshot: null, snapshotSeq: 0 },
  });
  if (bytes !== null) {
    const data = { topicId, epoch, seq, clientId: 0n, bytes: Buffer.from(bytes), createdAt: now };
    await tx.topicUpdate.create({ data });
  }
  return {
    before: { epoch: stored.epoch, text: textOf(stored.doc) },
    after: { epoch, text: textOf(newDocument(markdown)) },
    rewrite: { epoch, from: 0, to: seq, update: bytes ?? new Uint8Array() },
  };
}
