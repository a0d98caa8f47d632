import { newId } from '@civitas/platform/ids';
import { REFERENCE } from '../attachment-references.ts';
import type { ContentTransaction } from '../context.ts';
import type { TopicAttachment } from '../generated/prisma/client.ts';
import { requireRoom } from './room.ts';

type SharedFile = Pick<
  TopicAttachment,
  'name' | 'altText' | 'mediaType' | 'bytes' | 'sha256' | 'width' | 'height'
>;

export function sharedFile(attachment: SharedFile): SharedFile {
  const { name, altText, mediaType, bytes, sha256, width, height } = attachment;
  return { name, altText, mediaType, bytes, sha256, width, height };
}

interface Destination {
  readonly topicId: string;
  /** When given, only what this text refers to. */
  readonly markdown?: string;
}

/**
 * Gives copies of topics what their originals have, in the transaction of the copying. Nothing is copied
 * but rows: files are shared by their hash. The caller holds the lock of the copies' subject.
 *
 * @param copies by the ids of their originals.
 * @throws UserFailure `AttachmentsFull`.
 */
export async function copyAttachments(
  tx: ContentTransaction,
  copies: ReadonlyMap<string, Destination>,
  subjectId: string,
  now: Date,
): Promise<void> {
  const ids = [...copies.keys()];
  // Who deletes one meanwhile waits, so that its file is never without a row in between.
  await tx.$queryRaw`SELECT id FROM topic_attachment WHERE topic_id = ANY (${ids}::text[]) FOR SHARE`;
  const originals = await tx.topicAttachment.findMany({ where: { topicId: { in: ids } } });
  const files = originals.flatMap((original) => {
    const to = copies.get(original.topicId);
    if (!to || (to.markdown !== undefined && !refersTo(to.markdown, original.sha256))) return [];
    return [{ ...sharedFile(original), topicId: to.topicId }];
  });
  await addSharedFiles(tx, files, subjectId, now);
}

/**
 * Attaches files that others have already, to topics of a subject whose lock the caller holds.
 *
 * @throws UserFailure `AttachmentsFull`.
 */
export async function addSharedFiles(
  tx: ContentTransaction,
  files: readonly (SharedFile & { readonly topicId: string })[],
  subjectId: string,
  now: Date,
): Promise<void> {
  if (files.length === 0) return;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  await requireRoom(tx, subjectId, { count: files.length, bytes });
  const data = files.map((file) => ({
    id: newId('att'),
    ...sharedFile(file),
    topicId: file.topicId,
    subjectId,
    uploadedBy: null,
    createdAt: now,
  }));
  await tx.topicAttachment.createMany({ data, skipDuplicates: true });
}

function refersTo(markdown: string, sha256: string): boolean {
  return markdown.includes(`${REFERENCE}${sha256}`);
}
