import { setTimeout as wait } from 'node:timers/promises';
import { CivitasError } from '@civitas/platform/errors';
import { requireUser } from '@civitas/platform/subgraph';
import { fileUploadNotFound } from '../attachments/index.ts';
import type { ContentContext, ContentTransaction } from '../context.ts';
import type { ImportUpload, Subject } from '../generated/prisma/client.ts';
import { fileInStore } from './archive-source.ts';
import { holdUpload } from './hold-upload.ts';
import { importFile } from './import-file.ts';
import type { ImportInput } from './import-input.ts';

/**
 * Imports what was sent to an address. The work goes on when the request cannot wait for it; asking again
 * waits for the same work, or gives the subject that it has become. After a crash it begins anew: nothing of
 * it is to be seen before all of it is.
 *
 * @throws CivitasError `SERVICE_UNAVAILABLE`.
 * @throws UserFailure `AttachmentsFull`, `FileUploadNotFound`, `ImportRefused`.
 */
export async function importUploadedFile(
  ctx: ContentContext,
  uploadId: string,
  input: ImportInput,
) {
  const { id: userId } = requireUser(ctx);
  const upload = await ctx.db.client.importUpload.findUnique({ where: { id: uploadId } });
  if (upload?.userId !== userId || upload.expiresAt <= ctx.now()) throw fileUploadNotFound(false);
  const { underWay, answerAfterMs } = ctx.imports;
  let work = underWay.get(uploadId);
  if (!work) {
    work = importUpload(ctx, upload, input).finally(() => underWay.delete(uploadId));
    underWay.set(uploadId, work);
  }
  // Who asks hears of a failure; nobody may be left to.
  work.catch((error: unknown) => ctx.log.debug({ err: error }, 'an import has failed'));
  const patience = new AbortController();
  const late = wait(answerAfterMs, null, { signal: patience.signal, ref: false });
  late.catch(() => undefined);
  const subject = await Promise.race([work, late]).finally(() => patience.abort());
  return subject ? { subject } : { __typename: 'SubjectImportUnderWay', uploadId };
}

async function importUpload(
  ctx: ContentContext,
  { id, objectKey, fileName, subjectId }: ImportUpload,
  input: ImportInput,
): Promise<Subject> {
  if (subjectId !== null)
    return ctx.db.client.subject.findUniqueOrThrow({ where: { id: subjectId } });
  const { objects } = ctx.files;
  if (!objects) throw new CivitasError('SERVICE_UNAVAILABLE');
  try {
    const file = await fileInStore(objects, objectKey);
    if (!file) throw fileUploadNotFound(true);
    const named = { ...input, fileName: input.fileName ?? fileName };
    const subject = await holdUpload(ctx, id, () =>
      importFile(ctx, file, named, (tx, made) => claim(tx, id, made)),
    );
    // What stays behind when this fails is collected.
    await objects.delete(objectKey).catch(() => undefined);
    return subject;
  } catch (error) {
    // Another server was quicker, which is seen where the subject is made, or when the file is gone.
    const anew = await ctx.db.client.importUpload.findUnique({
      where: { id },
      include: { subject: true },
    });
    if (anew?.subject) return anew.subject;
    throw error;
  }
}

/** Whatever two servers do at once, one upload becomes one subject. */
async function claim(tx: ContentTransaction, id: string, subject: Subject): Promise<void> {
  const [upload] = await tx.$queryRaw<{ subjectId: string | null }[]>`
    SELECT subject_id AS "subjectId" FROM import_upload WHERE id = ${id} FOR UPDATE`;
  if (!upload) throw fileUploadNotFound(false);
  if (upload.subjectId !== null) throw new Error('The upload has been imported.');
  await tx.importUpload.update({ where: { id }, data: { subjectId: subject.id } });
}
