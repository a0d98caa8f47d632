import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import { lockSubjectOfTopic, topicNotFound } from '../topics/index.ts';
import { beginUpload, fileBytes } from './begin-upload.ts';
import { tooManyUploads } from './errors.ts';
import { MAX_FILE_BYTES, MAX_UPLOADS } from './limits.ts';
import { lockUploader, requireRoom, requireRoomOfPerson } from './room.ts';

export const fileName = text({ max: 200 }).refine(
  (name) => !/[\/\\]/v.test(name),
  'must not contain slashes.',
);

const startInput = z.object({
  topicId: idOf('top'),
  name: fileName,
  bytes: fileBytes(MAX_FILE_BYTES),
});

/**
 * Opens an address that takes a file for a topic.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`, `SERVICE_UNAVAILABLE` when there is no store.
 * @throws UserFailure `InvalidInput`, `TopicNotFound`, `AttachmentsFull`, `TooManyUploads`.
 */
export async function startAttachmentUpload(ctx: ContentContext, input: unknown) {
  const { id: userId } = requireUser(ctx);
  const { topicId, name, bytes } = parseInput(startInput, input);
  return ctx.db.inTransaction(async (tx) => {
    await lockUploader(tx, userId);
    const topic = await lockSubjectOfTopic(ctx, tx, topicId, () => topicNotFound('topicId'));
    await tx.attachmentUpload.deleteMany({ where: { userId, expiresAt: { lte: ctx.now() } } });
    const open = await tx.attachmentUpload.count({ where: { userId, attachmentId: null } });
    if (open >= MAX_UPLOADS) throw tooManyUploads();
    await requireRoom(tx, topic.subjectId, { count: 1, bytes });
    await requireRoomOfPerson(tx, userId, bytes);
    const { row, upload } = beginUpload(ctx, userId, bytes);
    await tx.attachmentUpload.create({ data: { ...row, topicId, name } });
    return { upload };
  });
}
