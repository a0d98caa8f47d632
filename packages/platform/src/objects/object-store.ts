import type { Readable } from 'node:stream';

/** Where files are kept by key. What has been put under a key never changes. */
export interface ObjectStore {
  /**
   * Resolves when the file is stored for good; putting it again changes nothing but its age.
   *
   * @throws CivitasError `STORAGE_FULL`: nothing is stored, and what was there before still is.
   */
  put(key: string, bytes: Uint8Array, contentType: string): Promise<void>;
  /**
   * Stores a file piece by piece. When the source fails, or is not as long as was said, nothing is stored.
   *
   * @param bytes length of the source.
   * @throws CivitasError `STORAGE_FULL`.
   */
  putStream(key: string, source: Readable, bytes: number, contentType: string): Promise<void>;
  /** Null when there is none. */
  get(key: string): Promise<Uint8Array | null>;
  /** The file, or a stretch of it, piece by piece; null when there is none. */
  read(key: string, range?: ByteRange): Promise<Readable | null>;
  /** Null when there is none. */
  describe(key: string): Promise<StoredObject | null>;
  /** What is not there is deleted already. */
  delete(key: string): Promise<void>;
  /** In no particular order. */
  list(prefix: string): AsyncIterable<StoredObject>;
  close(): void;
}

/** Offsets of the first and the last byte. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  /** When it was last put. */
  readonly putAt: Date;
}

/** Keys are made here and never by people; this keeps it so. */
export function assertKey(key: string): void {
  if (!/^[a-z]{1,20}\/[0-9a-f]{64}$/v.test(key)) throw new Error('This is no key of a file.');
}
