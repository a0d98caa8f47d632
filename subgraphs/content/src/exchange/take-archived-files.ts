import { CivitasError } from '@civitas/platform/errors';
import {
  attachmentsFull,
  keepFile,
  type LookedAtFile,
  lookAtFile,
  MAX_ATTACHMENTS,
  MAX_FILE_BYTES,
  MAX_SUBJECT_BYTES,
} from '../attachments/index.ts';
import type { ContentContext } from '../context.ts';
import { importRefused } from '../import/index.ts';
import type { ExchangedFile, ExchangedSubject } from './exchanged-subject.ts';
import { referenceTo, resolveInArchive, withFileLinks } from './zip/file-links.ts';
import type { Archive } from './zip/open-zip.ts';
import type { ArchivedSubject, ArchivedTopic, WantedFile } from './zip/read-subject.ts';

type TakenFile = Omit<LookedAtFile, 'bytes'> & { readonly bytes: number };

/**
 * Looks at what the topics of an archive have or link to, one file at a time, and puts it into the store;
 * their texts then refer to what was kept.
 *
 * @param onTaken is told how many files are done, of how many.
 * @throws CivitasError `SERVICE_UNAVAILABLE` when there is no store.
 * @throws UserFailure `AttachmentsFull`; `ImportRefused`: a file that is damaged, too large, or declared and of no type that may be attached.
 */
export async function takeArchivedFiles(
  ctx: ContentContext,
  archive: Archive,
  subject: ArchivedSubject,
  onTaken: (done: number, total: number) => void,
): Promise<ExchangedSubject> {
  const all = Map.groupBy(
    subject.topics.flatMap(({ wanted }) => wanted),
    ({ path }) => path,
  );
  refuseTooMuch(archive, [...all.keys()]);
  const taken = new Map<string, TakenFile>();
  let done = 0;
  for (const [path, wanted] of all) {
    const file = await takeFile(ctx, archive, path, wanted);
    if (file) taken.set(path, file);
    done += 1;
    onTaken(done, all.size);
  }
  const topics = subject.topics.map((topic) => withFiles(topic, taken));
  return { ...subject, topics };
}

/** Before the work; what they really are is counted when they are attached. */
function refuseTooMuch(archive: Archive, paths: readonly string[]): void {
  const bytes = paths.reduce((sum, path) => sum + (archive.sizeOf(path) ?? 0), 0);
  if (paths.length > MAX_ATTACHMENTS || bytes > MAX_SUBJECT_BYTES) throw attachmentsFull();
}

/** Null for what a text links to and is no file that can be attached. */
async function takeFile(
  ctx: ContentContext,
  archive: Archive,
  path: string,
  wanted: readonly WantedFile[],
): Promise<TakenFile | null> {
  const size = archive.sizeOf(path);
  const isLinked = wanted.every((each) => each.isLinked);
  if (size === null) throw importRefused('NOT_READABLE', `there is no file \`${path}\`.`, null);
  if (size > MAX_FILE_BYTES) {
    throw importRefused('TOO_LARGE', `\`${path}\` has more than ${MAX_FILE_BYTES} bytes.`, null);
  }
  const { objects } = ctx.files;
  if (!objects) throw new CivitasError('SERVICE_UNAVAILABLE');
  const file = await lookAtFile(ctx.db, await archive.read(path));
  if (file === 'UNSUPPORTED_TYPE' && isLinked) return null;
  if (typeof file === 'string') {
    const reason = file === 'TOO_LARGE' ? file : 'NOT_READABLE';
    throw importRefused(reason, `\`${path}\` cannot be attached: ${file}.`, null);
  }
  const { bytes, ...kept } = file;
  await keepFile(ctx.db, objects, kept, bytes);
  return { ...kept, bytes: bytes.length };
}

function withFiles(topic: ArchivedTopic, taken: ReadonlyMap<string, TakenFile>) {
  const files = new Map<string, ExchangedFile>();
  for (const { path, name, altText } of topic.wanted) {
    const file = taken.get(path);
    if (file && !files.has(file.sha256)) files.set(file.sha256, { ...file, name, altText });
  }
  const markdown = withFileLinks(topic.markdown, (address) => {
    const path = resolveInArchive(topic.folder, address);
    const file = path === null ? undefined : taken.get(path);
    return file === undefined ? null : referenceTo(file.sha256);
  });
  return { ...topic, markdown, files: [...files.values()] };
}
