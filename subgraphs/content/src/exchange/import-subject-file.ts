import { UserFailure } from '@civitas/platform/errors';
import { newId } from '@civitas/platform/ids';
import { requireUser } from '@civitas/platform/subgraph';
import { parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import type { Subject } from '../generated/prisma/client.ts';
import {
  decodeMarkdown,
  importRefused,
  type PreparedSubject,
  prepareImport,
  storeSubject,
} from '../import/index.ts';
import { subjectTitle, subjectVisibility } from '../subjects/index.ts';
import { fromFreemind } from './freemind.ts';
import { importIdPattern, tellProgress } from './import-progress.ts';
import { fromJson } from './json.ts';
import { fromOpml } from './opml.ts';
import { prepareExchanged } from './prepare-exchanged.ts';
import { fromZip } from './zip.ts';

const MAX_FILE_BYTES = 5 * 1024 * 1024;
const READERS = { FREEMIND: fromFreemind, JSON: fromJson, OPML: fromOpml };
const ENDS = { mm: 'FREEMIND', json: 'JSON', opml: 'OPML', zip: 'MARKDOWN_ZIP' } as const;

const importInput = z.object({
  file: z.instanceof(Uint8Array),
  fileName: text({ max: 255 }),
  format: z
    .enum(['FREEMIND', 'JSON', 'MARKDOWN', 'MARKDOWN_ZIP', 'OPML'], 'cannot be imported.')
    .nullish(),
  title: subjectTitle.nullish(),
  visibility: subjectVisibility,
  importId: z
    .string()
    .regex(importIdPattern, 'must be 1 to 64 letters, digits, `-`, `_`.')
    .nullish(),
});
type ImportInput = z.output<typeof importInput>;

/**
 * Makes a subject of the viewer of a file, in one transaction; emits `content.subject.created`, and tells
 * how far it is.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 * @throws UserFailure `InvalidInput`, `ImportRefused`.
 */
export async function importSubjectFile(
  ctx: ContentContext,
  input: unknown,
): Promise<{ subject: Subject }> {
  requireUser(ctx);
  const parsed = parseInput(importInput, input);
  const importId = parsed.importId ?? null;
  tellProgress(ctx, importId, { stage: 'READING', done: 0, total: 0 });
  try {
    const prepared = readFile(parsed);
    const total = prepared.topics.length;
    const subject = await storeSubject(ctx, prepared, parsed.visibility, (done) =>
      tellProgress(ctx, importId, { stage: 'STORING', done, total }),
    );
    tellProgress(ctx, importId, { stage: 'DONE', done: total, total });
    return { subject };
  } catch (error) {
    tellProgress(ctx, importId, { stage: 'FAILED', done: 0, total: 0 });
    throw refusedFile(error);
  }
}

/** The readers are those of texts, and name the field of a text. */
function refusedFile(error: unknown): unknown {
  if (!(error instanceof UserFailure)) return error;
  const { __typename, message, reason, line } = error.data;
  return new UserFailure(__typename, message, ['input', 'file'], { reason, line });
}

function readFile({ file, fileName, title, format: given }: ImportInput): PreparedSubject {
  if (file.length > MAX_FILE_BYTES) {
    throw importRefused('TOO_LARGE', `The file has more than ${MAX_FILE_BYTES} bytes.`, null);
  }
  const end = fileName.split('.').at(-1)?.toLowerCase() ?? '';
  const format = given ?? (Object.hasOwn(ENDS, end) ? ENDS[end as keyof typeof ENDS] : 'MARKDOWN');
  const newTopicId = () => newId('top');
  const named = { title: title ?? null, fileName };
  if (format === 'MARKDOWN') {
    return prepareImport({ ...named, markdown: decodeMarkdown(file) }, newTopicId);
  }
  const subject =
    format === 'MARKDOWN_ZIP'
      ? fromZip(file)
      : READERS[format](decodeMarkdown(file, MAX_FILE_BYTES));
  return prepareExchanged(subject, named, newTopicId);
}
