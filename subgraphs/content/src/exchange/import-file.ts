import { UserFailure } from '@civitas/platform/errors';
import type { ContentContext, ContentTransaction } from '../context.ts';
import type { Subject } from '../generated/prisma/client.ts';
import { storeSubject } from '../import/index.ts';
import type { ImportedFile } from './archive-source.ts';
import { attachImported } from './attach-imported.ts';
import type { ImportInput } from './import-input.ts';
import { progressOf } from './import-progress.ts';
import { readImportedFile } from './read-imported-file.ts';

/**
 * Reads a file and makes a subject of it; tells how far it is.
 *
 * @param finish is done in the transaction that makes the subject.
 * @throws UserFailure `AttachmentsFull`, `ImportRefused`.
 */
export async function importFile(
  ctx: ContentContext,
  file: ImportedFile,
  { fileName, format, title, visibility, importId }: ImportInput & { readonly fileName: string },
  finish: (tx: ContentTransaction, subject: Subject) => Promise<void> = async () => undefined,
): Promise<Subject> {
  const tell = progressOf(ctx, importId ?? null);
  tell({ stage: 'READING', done: 0, total: 0 });
  try {
    const wish = { fileName, format: format ?? null, title: title ?? null };
    const { prepared, files } = await readImportedFile(ctx, file, wish, tell);
    const total = prepared.topics.length;
    const subject = await storeSubject(ctx, prepared, visibility, {
      onStored: (done) => tell({ stage: 'STORING', done, total }),
      alongside: async (tx, created) => {
        await finish(tx, created);
        await attachImported(tx, created, files);
      },
    });
    tell({ stage: 'DONE', done: total, total, subjectId: subject.id });
    return subject;
  } catch (error) {
    tell({ stage: 'FAILED', done: 0, total: 0 });
    throw refusedFile(error);
  }
}

/** The readers are those of texts, and name the field of a text. */
function refusedFile(error: unknown): unknown {
  if (!(error instanceof UserFailure) || error.data.__typename !== 'ImportRefused') return error;
  const { __typename, message, reason, line } = error.data;
  return new UserFailure(__typename, message, ['input', 'file'], { reason, line });
}
