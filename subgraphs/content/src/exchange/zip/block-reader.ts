import { PassThrough, pipeline, type Readable } from 'node:stream';
import { buffer as readWhole } from 'node:stream/consumers';
import { callbackify } from 'node:util';
import { RandomAccessReader } from 'yauzl';

/** Where an archive is: in memory, or in the object store. */
export interface ArchiveSource {
  readonly bytes: number;
  /** @param to the last byte. */
  read(from: number, to: number): Promise<Readable>;
}

const BLOCK_BYTES = 1024 * 1024;

/**
 * Reads an archive where it is. Its directory is read in pieces of some bytes, each of which would be a
 * request to the store: those are answered from a block of a mebibyte around them.
 */
export class BlockReader extends RandomAccessReader {
  readonly #source: ArchiveSource;
  #block: { readonly from: number; readonly bytes: Promise<Buffer> } | null = null;

  constructor(source: ArchiveSource) {
    super();
    this.#source = source;
  }

  /** @param end behind the last byte. */
  override _readStreamForRange(start: number, end: number): Readable {
    const pieces = new PassThrough();
    this.#source.read(start, end - 1).then(
      (source) => pipeline(source, pieces, () => undefined),
      (error: unknown) => pieces.destroy(error as Error),
    );
    return pieces;
  }

  override read = callbackify(this.#readBlocks.bind(this));

  async #readBlocks(
    target: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<void> {
    for (let done = 0; done < length; ) {
      const from = Math.floor((position + done) / BLOCK_BYTES) * BLOCK_BYTES;
      const block = await this.#blockAt(from);
      const copied = block.copy(
        target,
        offset + done,
        position + done - from,
        position + length - from,
      );
      if (copied === 0) throw new Error('The archive ends early.');
      done += copied;
    }
  }

  #blockAt(from: number): Promise<Buffer> {
    if (this.#block?.from === from) return this.#block.bytes;
    const to = Math.min(from + BLOCK_BYTES, this.#source.bytes) - 1;
    if (from > to) throw new Error('The archive ends early.');
    const bytes = this.#source.read(from, to).then(readWhole);
    this.#block = { from, bytes };
    return bytes;
  }
}
