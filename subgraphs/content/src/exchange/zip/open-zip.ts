import { buffer } from 'node:stream/consumers';
import { UserFailure } from '@civitas/platform/errors';
import { type Entry, fromRandomAccessReaderPromise, type ZipFile } from 'yauzl';
import { IMPORT_LIMITS, importRefused } from '../../import/index.ts';
import { type ArchiveSource, BlockReader } from './block-reader.ts';

const MAX_ENTRIES = 15_000;
const MAX_LEVELS = 32;
/** Of all Markdown together, as it is when unpacked. */
const MAX_TEXT_BYTES = 8 * 1024 * 1024;
const MARKDOWN = /\.(?:md|markdown)$/i;
/** What systems leave in archives for themselves. */
const HIDDEN = /(?:^|\/)(?:\.|__MACOSX)/;

/** An archive whose names lead nowhere else. Nothing of it is ever written under its own name. */
export interface Archive {
  /** Markdown files by path, in the order of their numbers. */
  readonly texts: readonly (readonly [path: string, bytes: Buffer])[];
  /** How large another file says it is; null when there is none. */
  sizeOf(path: string): number | null;
  /**
   * @throws UserFailure `ImportRefused`: `NOT_READABLE` for one that is damaged, or not as large as it says.
   */
  read(path: string): Promise<Buffer>;
}

/**
 * Opens an archive and reads its texts.
 *
 * @throws UserFailure `ImportRefused`: `UNSAFE`, `TOO_LARGE`, `TOO_MANY_TOPICS`, `NESTED_TOO_DEEP`,
 * `NOT_READABLE`.
 */
export async function openZip(source: ArchiveSource): Promise<Archive> {
  return orRefuse(async () => {
    const zip = await fromRandomAccessReaderPromise(new BlockReader(source), source.bytes, {
      lazyEntries: true,
      autoClose: false,
      strictFileNames: true,
    });
    const files = await listFiles(zip);
    const texts: [string, Buffer][] = [];
    for (const [path, entry] of files) {
      if (MARKDOWN.test(path)) texts.push([path, await readEntry(zip, entry)]);
    }
    const order = new Intl.Collator('en', { numeric: true });
    return {
      texts: texts.toSorted(([a], [b]) => order.compare(a, b)),
      sizeOf: (path) => files.get(path)?.uncompressedSize ?? null,
      read: (path) =>
        orRefuse(async () => {
          const entry = files.get(path);
          if (!entry) throw new Error('There is no such file.');
          return readEntry(zip, entry);
        }),
    };
  });
}

async function listFiles(zip: ZipFile): Promise<Map<string, Entry>> {
  const files = new Map<string, Entry>();
  let entries = 0;
  let textBytes = 0;
  for await (const entry of zip.eachEntry()) {
    const { fileName: path, uncompressedSize: bytes } = entry;
    entries += 1;
    if (entries > MAX_ENTRIES) {
      throw importRefused('TOO_MANY_TOPICS', `more than ${MAX_ENTRIES} files.`, null);
    }
    refuseUnsafe(path);
    if (path.endsWith('/') || HIDDEN.test(path)) continue;
    if (MARKDOWN.test(path)) {
      textBytes += bytes;
      if (textBytes > MAX_TEXT_BYTES || bytes > IMPORT_LIMITS.maxBytes) {
        throw importRefused('TOO_LARGE', `more than ${MAX_TEXT_BYTES} bytes unpacked.`, null);
      }
    }
    files.set(path, entry);
  }
  return files;
}

/** What is unpacked is exactly as large as its entry says, or refused: a bomb that lies is cut off. */
async function readEntry(zip: ZipFile, entry: Entry): Promise<Buffer> {
  return buffer(await zip.openReadStreamPromise(entry));
}

function refuseUnsafe(path: string): void {
  const steps = path.split('/');
  if (/^[/\\]|\\|^[a-z]:/i.test(path) || path.includes('\0') || steps.includes('..')) {
    throw leadsOut();
  }
  if (steps.length > MAX_LEVELS + 1) {
    throw importRefused('NESTED_TOO_DEEP', `folders nested more than ${MAX_LEVELS} deep.`, null);
  }
}

function leadsOut(): UserFailure {
  return importRefused('UNSAFE', 'a file name leads out of its folder.', null);
}

async function orRefuse<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UserFailure || isOfTheSystem(error)) throw error;
    // The reader of archives refuses such names by itself, and says so in words only.
    if (
      error instanceof Error &&
      /absolute path|relative path|characters in fileName/.test(error.message)
    ) {
      throw leadsOut();
    }
    throw importRefused('NOT_READABLE', 'this is no zip, or it is damaged.', null);
  }
}

/** A store that is away says nothing about the archive. */
function isOfTheSystem(error: unknown): boolean {
  return error instanceof Error && ('syscall' in error || '$metadata' in error);
}
