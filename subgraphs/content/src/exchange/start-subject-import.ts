import { requireUser } from '@civitas/platform/subgraph';
import { parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import { beginUpload, fileBytes, lockUploader, tooManyUploads } from '../attachments/index.ts';
import type { ContentContext, ContentTransaction } from '../context.ts';
import { importFileName } from './import-input.ts';
import { MAX_ARCHIVE_BYTES, MAX_IMPORT_UPLOADS } from './limits.ts';

const startInput = z.object({ fileName: importFileName, bytes: fileBytes(MAX_ARCHIVE_BYTES) });

/**
 * Opens an address that takes a file to be imported. Who has begun as many as they may, and came back
 * after a crash of theirs or ours, is not kept waiting: the oldest that no server is at gives way.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `SERVICE_UNAVAILABLE` when there is no store.
 * @throws UserFailure `InvalidInput`, `TooManyUploads` when all of them are being imported just now.
 */
export async function startSubjectImport(ctx: ContentContext, input: unknown) {
  const { id: userId } = requireUser(ctx);
  const { fileName, bytes } = parseInput(startInput, input);
  const { row, upload } = beginUpload(ctx, userId, bytes);
  const givenUp = await ctx.db.inTransaction(async (tx) => {
    await lockUploader(tx, userId);
    await tx.importUpload.deleteMany({ where: { userId, expiresAt: { lte: row.createdAt } } });
    const gaveWay = await makeWay(tx, userId, row.createdAt);
    await tx.importUpload.create({ data: { ...row, fileName } });
    return gaveWay;
  });
  // What stays behind when this fails is collected.
  if (givenUp !== null) await ctx.files.objects?.delete(givenUp).catch(() => undefined);
  return { upload };
}

/** @returns where the file is of the upload that gave way. */
async function makeWay(tx: ContentTransaction, userId: string, now: Date): Promise<string | null> {
  const begun = await tx.importUpload.findMany({
    where: { userId, subjectId: null },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
  if (begun.length < MAX_IMPORT_UPLOADS) return null;
  const idle = begun.find(({ workedUntil }) => workedUntil === null || workedUntil <= now);
  if (!idle) throw tooManyUploads(MAX_IMPORT_UPLOADS);
  await tx.importUpload.delete({ where: { id: idle.id } });
  return idle.objectKey;
}
