import { newId } from '@civitas/platform/ids';
import {
  altText,
  fileName,
  lockUploader,
  requireRoom,
  requireRoomOfPerson,
  sharedFile,
} from '../attachments/index.ts';
import type { ContentTransaction } from '../context.ts';
import { importRefused } from '../import/index.ts';
import type { ExchangedFile } from './exchanged-subject.ts';

/**
 * Attaches what an archive held to the topics that it became, in the transaction that makes them.
 *
 * @param topics in their order, with what belongs to each.
 * @throws UserFailure `AttachmentsFull`.
 */
export async function attachImported(
  tx: ContentTransaction,
  subject: { readonly id: string; readonly authorId: string; readonly createdAt: Date },
  topics: readonly { readonly id: string; readonly files: readonly ExchangedFile[] }[],
): Promise<void> {
  const files = topics.flatMap(({ id, files: own }) =>
    own.map((file) => ({ ...file, topicId: id })),
  );
  if (files.length === 0) return;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  await lockUploader(tx, subject.authorId);
  await requireRoom(tx, subject.id, { count: files.length, bytes });
  await requireRoomOfPerson(tx, subject.authorId, bytes);
  // In the order of their ids they come back in the order they had.
  const ids = files.map(() => newId('att')).toSorted();
  await tx.topicAttachment.createMany({
    data: files.map((file, index) => ({
      ...sharedFile(file),
      topicId: file.topicId,
      id: ids[index] ?? newId('att'),
      subjectId: subject.id,
      uploadedBy: subject.authorId,
      createdAt: subject.createdAt,
    })),
  });
}

/**
 * Checks what an archive says of a file against the rules of attachments.
 *
 * @throws UserFailure `ImportRefused`.
 */
export function checkFile(file: ExchangedFile): ExchangedFile {
  const named = fileName.safeParse(file.name.replaceAll(/[\/\\]/gv, '_'));
  const shown = altText.safeParse(file.altText);
  if (named.success && shown.success) return { ...file, name: named.data, altText: shown.data };
  throw importRefused('NOT_TEXT', 'what a file is called, or shows, is too long or no text.', null);
}
