import { newId } from '@civitas/platform/ids';
import type { ContentContext } from '../context.ts';
import {
  decodeMarkdown,
  importRefused,
  type PreparedSubject,
  prepareImport,
} from '../import/index.ts';
import type { ImportedFile } from './archive-source.ts';
import { checkFile } from './attach-imported.ts';
import type { ExchangedFile, ExchangedSubject } from './exchanged-subject.ts';
import { fromFreemind } from './freemind.ts';
import type { TellProgress } from './import-progress.ts';
import { fromJson } from './json.ts';
import { MAX_BODY_FILE_BYTES } from './limits.ts';
import { fromOpml } from './opml.ts';
import { prepareExchanged } from './prepare-exchanged.ts';
import { takeArchivedFiles } from './take-archived-files.ts';
import { openZip } from './zip/open-zip.ts';
import { readSubject } from './zip/read-subject.ts';

const READERS = { FREEMIND: fromFreemind, JSON: fromJson, OPML: fromOpml };
const ENDS = { mm: 'FREEMIND', json: 'JSON', opml: 'OPML', zip: 'MARKDOWN_ZIP' } as const;

export const IMPORTED_FORMATS = ['FREEMIND', 'JSON', 'MARKDOWN', 'MARKDOWN_ZIP', 'OPML'] as const;
type ImportedFormat = (typeof IMPORTED_FORMATS)[number];

interface ImportWish {
  readonly fileName: string;
  readonly format: ImportedFormat | null;
  readonly title: string | null;
}

/** A subject to be stored, and what belongs to each of its topics. */
interface ReadFile {
  readonly prepared: PreparedSubject;
  readonly files: readonly { readonly id: string; readonly files: readonly ExchangedFile[] }[];
}

/**
 * Reads a file and puts what is attached to its topics into the store, where nothing names it yet.
 *
 * @throws CivitasError `SERVICE_UNAVAILABLE`.
 * @throws UserFailure `AttachmentsFull`, `ImportRefused`.
 */
export async function readImportedFile(
  ctx: ContentContext,
  file: ImportedFile,
  { fileName, format, title }: ImportWish,
  tell: TellProgress,
): Promise<ReadFile> {
  const kind = format ?? formatOf(fileName);
  const newTopicId = () => newId('top');
  if ((kind !== 'MARKDOWN_ZIP' || file.isInBody) && file.bytes > MAX_BODY_FILE_BYTES) {
    throw importRefused('TOO_LARGE', `The file has more than ${MAX_BODY_FILE_BYTES} bytes.`, null);
  }
  if (kind === 'MARKDOWN') {
    const markdown = decodeMarkdown(await file.whole());
    return { prepared: prepareImport({ markdown, title, fileName }, newTopicId), files: [] };
  }
  const subject =
    kind === 'MARKDOWN_ZIP'
      ? await readArchive(ctx, file, tell)
      : READERS[kind](decodeMarkdown(await file.whole(), MAX_BODY_FILE_BYTES));
  const prepared = prepareExchanged(subject, { title, fileName }, newTopicId);
  return { prepared, files: filesOfTopics(prepared, subject) };
}

function formatOf(fileName: string): ImportedFormat {
  const end = fileName.split('.').at(-1)?.toLowerCase() ?? '';
  return Object.hasOwn(ENDS, end) ? ENDS[end as keyof typeof ENDS] : 'MARKDOWN';
}

async function readArchive(
  ctx: ContentContext,
  file: ImportedFile,
  tell: TellProgress,
): Promise<ExchangedSubject> {
  const archive = await openZip(file);
  return takeArchivedFiles(ctx, archive, readSubject(archive), (done, total) =>
    tell({ stage: 'ATTACHING', done, total }),
  );
}

/** A long description has become a topic before all others. */
function filesOfTopics({ topics }: PreparedSubject, subject: ExchangedSubject) {
  const before = topics.length - subject.topics.length;
  return topics.map(({ id }, index) => ({
    id,
    files: (subject.topics[index - before]?.files ?? []).map(checkFile),
  }));
}
