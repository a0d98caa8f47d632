import { collectUploads } from '@civitas/platform/files';
import type { ObjectStore } from '@civitas/platform/objects';
import type { ContentDatabase } from '../context.ts';
import { lockFile } from './locks.ts';

/** What was sent and never asked for: uploads are forgotten after an hour. */
const UPLOAD_AGE_MS = 2 * 60 * 60_000;

/**
 * Deletes the files of attachments that nothing names any more, of those put before an instant, and what
 * has arrived and was never asked for. Who needs a file again names it first and then puts it anew.
 *
 * @returns how many files were deleted.
 */
export async function collectFiles(
  db: ContentDatabase,
  objects: ObjectStore,
  putBefore: Date,
): Promise<number> {
  const now = new Date();
  await db.client.attachmentUpload.deleteMany({ where: { expiresAt: { lte: now } } });
  await collectUploads(objects, 'incoming', new Date(now.getTime() - UPLOAD_AGE_MS));
  let deleted = 0;
  for await (const { key, putAt } of objects.list('file')) {
    if (putAt >= putBefore) continue;
    deleted += await db.inTransaction(async (tx) => {
      const sha256 = key.slice('file/'.length);
      await lockFile(tx, sha256);
      const [used] = await tx.$queryRaw<{ is: boolean }[]>`
        SELECT EXISTS (SELECT FROM topic_attachment WHERE sha256 = ${sha256})
            OR EXISTS (SELECT FROM subject_version_attachment WHERE sha256 = ${sha256})
            OR EXISTS (SELECT FROM attachment_upload WHERE sha256 = ${sha256}) AS is`;
      if (used?.is !== false) return 0;
      await objects.delete(key);
      return 1;
    });
  }
  return deleted;
}
