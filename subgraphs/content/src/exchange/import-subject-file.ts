import { requireUser } from '@civitas/platform/subgraph';
import { parseInput } from '@civitas/platform/validation';
import type { ContentContext } from '../context.ts';
import { fileInMemory } from './archive-source.ts';
import { importFile } from './import-file.ts';
import { importInput } from './import-input.ts';
import { importUploadedFile } from './import-uploaded-file.ts';

/**
 * Makes a subject of the viewer of a file, in one transaction; emits `content.subject.created`, and tells
 * how far it is. One that was sent by itself may take longer than a request: then it goes on without it.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `SERVICE_UNAVAILABLE`.
 * @throws UserFailure `AttachmentsFull`, `FileUploadNotFound`, `ImportRefused`, `InvalidInput`.
 */
export async function importSubjectFile(ctx: ContentContext, input: unknown) {
  requireUser(ctx);
  const parsed = parseInput(importInput, input);
  if (parsed.uploadId != null) return importUploadedFile(ctx, parsed.uploadId, parsed);
  const file = fileInMemory(parsed.file ?? Buffer.of());
  return { subject: await importFile(ctx, file, { ...parsed, fileName: parsed.fileName ?? '' }) };
}
