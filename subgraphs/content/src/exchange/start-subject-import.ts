import { newId } from '@civitas/platform/ids';
import { requireUser } from '@civitas/platform/subgraph';
import { parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import { lockUploader, tooManyUploads } from '../attachments/index.ts';
import type { ContentContext } from '../context.ts';
import { importFileName } from './import-input.ts';
import { IMPORT_UPLOAD_LIFETIME_MS, MAX_ARCHIVE_BYTES, MAX_IMPORT_UPLOADS } from './limits.ts';

const startInput = z.object({
  fileName: importFileName,
  bytes: z
    .int()
    .min(1, 'must be at least 1.')
    .max(MAX_ARCHIVE_BYTES, `must be at most ${MAX_ARCHIVE_BYTES}.`),
});

/**
 * Opens an address that takes a file to be imported.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `SERVICE_UNAVAILABLE` when there is no store.
 * @throws UserFailure `InvalidInput`, `TooManyUploads`.
 */
export async function startSubjectImport(ctx: ContentContext, input: unknown) {
  const { id: userId } = requireUser(ctx);
  const { fileName, bytes } = parseInput(startInput, input);
  const createdAt = ctx.now();
  const { objectKey, address } = ctx.files.uploads.open(bytes, createdAt);
  const expiresAt = new Date(createdAt.getTime() + IMPORT_UPLOAD_LIFETIME_MS);
  const id = newId('upl');
  await ctx.db.inTransaction(async (tx) => {
    await lockUploader(tx, userId);
    await tx.importUpload.deleteMany({ where: { userId, expiresAt: { lte: createdAt } } });
    const open = await tx.importUpload.count({ where: { userId, subjectId: null } });
    if (open >= MAX_IMPORT_UPLOADS) throw tooManyUploads(MAX_IMPORT_UPLOADS);
    await tx.importUpload.create({
      data: { id, userId, fileName, objectKey, createdAt, expiresAt },
    });
  });
  return { upload: { id, ...address } };
}
