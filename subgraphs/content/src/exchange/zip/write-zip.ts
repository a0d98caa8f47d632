import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { callbackify } from 'node:util';
import { ZipFile } from 'yazl';
import type { ExchangedSubject } from '../exchanged-subject.ts';
import { textFilesOf } from './text-files.ts';

/** One instant for all files, so that the same subject makes the same archive. */
const MTIME = new Date('1980-01-02T00:00:00Z');

/** A file that stands in an archive as it is. */
export interface PackedFile {
  readonly path: string;
  readonly bytes: number;
  open(): Promise<Readable>;
}

/** The texts of a subject, packed. */
export function toZip(subject: ExchangedSubject): Promise<Uint8Array> {
  const zip = new ZipFile();
  for (const [path, text] of textFilesOf(subject)) {
    zip.addBuffer(Buffer.from(text), path, { mtime: MTIME });
  }
  zip.end();
  return buffer(zip.outputStream);
}

/**
 * Texts and files as one archive, piece by piece: pictures are packed already, so nothing is, and how long
 * the archive becomes is known before its first byte.
 */
export function writeArchive(
  texts: ReadonlyMap<string, string>,
  files: readonly PackedFile[],
): Promise<{ readonly bytes: number; readonly stream: Readable }> {
  const zip = new ZipFile();
  const options = { mtime: MTIME, compress: false };
  const stream = zip.outputStream as Readable;
  zip.on('error', (error: Error) => stream.destroy(error));
  for (const [path, text] of texts) zip.addBuffer(Buffer.from(text), path, options);
  for (const { path, bytes: size, open } of files) {
    zip.addReadStreamLazy(path, { ...options, size }, callbackify(openBeside));
    async function openBeside() {
      const source = await open();
      source.once('error', (error) => stream.destroy(error));
      const close = () => void source.destroy();
      stream.once('close', close);
      source.once('close', () => stream.off('close', close));
      return source;
    }
  }
  return new Promise((resolve) => {
    // Its type forgets what it is called with.
    const sized = (bytes?: number) => resolve({ bytes: bytes ?? 0, stream });
    zip.end({ forceZip64Format: false, comment: '' }, sized);
  });
}
