import { Readable } from 'node:stream';
import type { ObjectStore } from '@civitas/platform/objects';
import type { ArchiveSource } from './zip/block-reader.ts';

/** A file that is imported: in the request's body, or where it was sent. */
export interface ImportedFile extends ArchiveSource {
  /** Whether a request had room for it, and so it may not be larger than those may be. */
  readonly isInBody: boolean;
  /** For what is read whole. */
  readonly whole: () => Promise<Uint8Array>;
}

export function fileInMemory(file: Uint8Array): ImportedFile {
  return {
    bytes: file.length,
    isInBody: true,
    read: async (from, to) => Readable.from([Buffer.from(file.subarray(from, to + 1))]),
    whole: async () => file,
  };
}

/** Null while it has not arrived. */
export async function fileInStore(objects: ObjectStore, key: string): Promise<ImportedFile | null> {
  const found = await objects.describe(key);
  if (!found) return null;
  const gone = () => new Error('What was there a moment ago is gone.');
  return {
    bytes: found.bytes,
    isInBody: false,
    read: async (from, to) => {
      const pieces = await objects.read(key, { from, to });
      if (!pieces) throw gone();
      return pieces;
    },
    whole: async () => {
      const file = await objects.get(key);
      if (!file) throw gone();
      return file;
    },
  };
}
