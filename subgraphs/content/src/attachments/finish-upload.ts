import { CivitasError } from '@civitas/platform/errors';
import { appendEvents } from '@civitas/platform/events';
import { newId } from '@civitas/platform/ids';
import type { ObjectStore } from '@civitas/platform/objects';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext, ContentTransaction } from '../context.ts';
import type { AttachmentUpload, TopicAttachment } from '../generated/prisma/client.ts';
import { lockFile } from '../objects/index.ts';
import { allows, findVisibleSubject, roleOf } from '../subjects/index.ts';
import { findVisibleTopic, lockSubjectOfTopic, topicNotFound } from '../topics/index.ts';
import { fileUploadNotFound } from './errors.ts';
import { attachmentAdded } from './events.ts';
import { UPLOAD_LIFETIME_MS } from './limits.ts';
import { lockUploader, requireRoom, requireRoomOfPerson } from './room.ts';
import { type TakenFile, takeFile } from './take-file.ts';

export const altText = text({ min: 0, max: 500 });
const finishInput = z.object({ uploadId: idOf('upl'), altText });

/**
 * Attaches a file that has arrived. Its hash is written down before the file is stored, and the row after
 * it: whatever dies in between, a file that is named is there, and one that is not is collected.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`, `SERVICE_UNAVAILABLE`.
 * @throws UserFailure `InvalidInput`, `FileUploadNotFound`, `FileRefused`, `TopicNotFound`,
 * `AttachmentsFull`.
 */
export async function finishAttachmentUpload(
  ctx: ContentContext,
  input: unknown,
): Promise<{ attachment: TopicAttachment }> {
  const { id: userId } = requireUser(ctx);
  const { uploadId, altText: shown } = parseInput(finishInput, input);
  const { objects } = ctx.files;
  if (!objects) throw new CivitasError('SERVICE_UNAVAILABLE');
  const upload = await ctx.db.client.attachmentUpload.findUnique({ where: { id: uploadId } });
  if (upload?.userId !== userId || upload.expiresAt <= ctx.now()) throw fileUploadNotFound(false);
  // Before the work, and again under the lock when it is done.
  await requireEditor(ctx, upload.topicId);
  const finished = await findFinished(ctx.db.client, upload);
  if (finished) return { attachment: finished };
  try {
    return { attachment: await attachArrived(ctx, objects, upload, shown) };
  } catch (error) {
    // Somebody who asked for the same has been quicker, and what was being read is gone from where it arrived.
    const anew = await ctx.db.client.attachmentUpload.findUnique({ where: { id: uploadId } });
    const quicker = anew && (await findFinished(ctx.db.client, anew));
    if (quicker) return { attachment: quicker };
    throw error;
  }
}

async function attachArrived(
  ctx: ContentContext,
  objects: ObjectStore,
  upload: AttachmentUpload,
  shown: string,
): Promise<TopicAttachment> {
  const { id } = upload;
  const file = await takeFile(objects, upload.objectKey);
  if (!file) throw fileUploadNotFound(true);
  await ctx.db.inTransaction(async (tx) => {
    await lockFile(tx, file.sha256);
    // Anew for as long: the name must outlast the work.
    const expiresAt = new Date(ctx.now().getTime() + UPLOAD_LIFETIME_MS);
    const data = { sha256: file.sha256, expiresAt };
    const named = await tx.attachmentUpload.updateMany({ where: { id }, data });
    if (named.count === 0) throw fileUploadNotFound(false);
  });
  await file.keep();
  const attachment = await ctx.db.inTransaction((tx) => attach(ctx, tx, upload, file, shown));
  // What stays behind when this fails is collected.
  await objects.delete(upload.objectKey).catch(() => undefined);
  return attachment;
}

async function attach(
  ctx: ContentContext,
  tx: ContentTransaction,
  upload: AttachmentUpload,
  { mediaType, sha256, bytes, width, height }: TakenFile,
  shown: string,
): Promise<TopicAttachment> {
  const { topicId, userId, name } = upload;
  await lockUploader(tx, userId);
  const { subjectId } = await lockSubjectOfTopic(ctx, tx, topicId, () => topicNotFound('topicId'));
  const finished = await findFinished(tx, { ...upload, sha256 });
  if (finished) return finished;
  await requireRoom(tx, subjectId, { count: 1, bytes });
  await requireRoomOfPerson(tx, userId, bytes);
  const attachment = await tx.topicAttachment.create({
    data: {
      id: newId('att'),
      ...{ topicId, subjectId, name, mediaType, sha256, bytes, width, height },
      altText: shown,
      uploadedBy: userId,
      createdAt: ctx.now(),
    },
  });
  await tx.attachmentUpload.updateMany({
    where: { id: upload.id },
    data: { attachmentId: attachment.id },
  });
  await appendEvents(tx, [attachmentAdded(attachment)]);
  return attachment;
}

/** What the upload has become already, or the same file that somebody else has attached. */
function findFinished(
  db: Pick<ContentTransaction, 'topicAttachment'>,
  { attachmentId, topicId, sha256 }: AttachmentUpload,
): Promise<TopicAttachment | null> | null {
  if (attachmentId !== null) return db.topicAttachment.findUnique({ where: { id: attachmentId } });
  if (sha256 === null) return null;
  return db.topicAttachment.findUnique({ where: { topicId_sha256: { topicId, sha256 } } });
}

async function requireEditor(ctx: ContentContext, topicId: string): Promise<void> {
  const topic = await findVisibleTopic(ctx, topicId);
  const subject = topic && (await findVisibleSubject(ctx, topic.subjectId));
  if (!subject) throw topicNotFound('topicId');
  if (!allows(await roleOf(ctx, subject), 'EDITOR')) throw new CivitasError('FORBIDDEN');
}
