import { newId } from '@civitas/platform/ids';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import { lockSubjectOfTopic, topicNotFound } from '../topics/index.ts';
import { tooManyUploads } from './errors.ts';
import { MAX_FILE_BYTES, MAX_UPLOADS, UPLOAD_LIFETIME_MS } from './limits.ts';
import { lockUploader, requireRoom, requireRoomOfPerson } from './room.ts';

export const fileName = text({ max: 200 }).refine(
  (name) => !/[\/\\]/v.test(name),
  'must not contain slashes.',
);

const startInput = z.object({
  topicId: idOf('top'),
  name: fileName,
  bytes: z
    .int()
    .min(1, 'must be at least 1.')
    .max(MAX_FILE_BYTES, `must be at most ${MAX_FILE_BYTES}.`),
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
  const now = ctx.now();
  return ctx.db.inTransaction(async (tx) => {
    await lockUploader(tx, userId);
    const topic = await lockSubjectOfTopic(ctx, tx, topicId, () => topicNotFound('topicId'));
    await tx.attachmentUpload.deleteMany({ where: { userId, expiresAt: { lte: now } } });
    const open = await tx.attachmentUpload.count({ where: { userId, attachmentId: null } });
    if (open >= MAX_UPLOADS) throw tooManyUploads();
    await requireRoom(tx, topic.subjectId, { count: 1, bytes });
    await requireRoomOfPerson(tx, userId, bytes);
    const { objectKey, address } = ctx.files.uploads.open(bytes, now);
    const expiresAt = new Date(now.getTime() + UPLOAD_LIFETIME_MS);
    const id = newId('upl');
    await tx.attachmentUpload.create({
      data: { id, userId, topicId, name, objectKey, createdAt: now, expiresAt },
    });
    return { upload: { id, ...address } };
  });
}
