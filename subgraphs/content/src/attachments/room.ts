import type { ContentTransaction } from '../context.ts';
import { attachmentsFull } from './errors.ts';
import { MAX_ATTACHMENTS, MAX_PERSON_BYTES, MAX_SUBJECT_BYTES } from './limits.ts';

/** What somebody uploads follows one after the other, so that what they have is counted right. */
export async function lockUploader(tx: ContentTransaction, userId: string): Promise<void> {
  await tx.$queryRaw`
    SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtext('uploader'), hashtext(${userId}))) AS locked`;
}

/**
 * Makes sure that there is room for more in a subject, whose lock the caller holds.
 *
 * @throws UserFailure `AttachmentsFull`.
 */
export async function requireRoom(
  tx: ContentTransaction,
  subjectId: string,
  more: { readonly count: number; readonly bytes: number },
): Promise<void> {
  const has = await tx.topicAttachment.aggregate({
    where: { subjectId },
    _count: true,
    _sum: { bytes: true },
  });
  const bytes = (has._sum.bytes ?? 0) + more.bytes;
  if (has._count + more.count > MAX_ATTACHMENTS || bytes > MAX_SUBJECT_BYTES)
    throw attachmentsFull();
}

/**
 * Makes sure that somebody may upload more; the caller holds their lock.
 *
 * @throws UserFailure `AttachmentsFull`.
 */
export async function requireRoomOfPerson(
  tx: ContentTransaction,
  userId: string,
  bytes: number,
): Promise<void> {
  const [has] = await tx.$queryRaw<{ bytes: bigint }[]>`
    SELECT coalesce(sum(bytes), 0)::bigint AS bytes FROM topic_attachment WHERE uploaded_by = ${userId}`;
  if (Number(has?.bytes ?? 0) + bytes > MAX_PERSON_BYTES) throw attachmentsFull();
}
