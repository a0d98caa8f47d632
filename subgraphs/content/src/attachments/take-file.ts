import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  cleanImage,
  isImage,
  isWholePdf,
  type MediaType,
  sniffMediaType,
} from '@civitas/platform/files';
import type { ObjectStore } from '@civitas/platform/objects';
import { fileRefused } from './errors.ts';
import { MAX_IMAGE_BYTES } from './limits.ts';

/** A file that was looked at and may be kept. */
export interface TakenFile {
  readonly mediaType: MediaType;
  readonly sha256: string;
  readonly bytes: number;
  readonly width: number | null;
  readonly height: number | null;
  /** Puts it into the store for good. */
  keep(): Promise<void>;
}

/**
 * Looks at what has arrived: what it is by its bytes, and what of it may be kept. A picture is in memory
 * meanwhile, a PDF is read piece by piece.
 *
 * @returns null when nothing has arrived.
 * @throws UserFailure `FileRefused`.
 */
export async function takeFile(objects: ObjectStore, key: string): Promise<TakenFile | null> {
  const found = await objects.describe(key);
  const head = found && (await objects.read(key, { from: 0, to: Math.min(found.bytes, 64) - 1 }));
  if (!head) return null;
  const mediaType = sniffMediaType(Buffer.concat(await Array.fromAsync(head)));
  if (mediaType === null) throw fileRefused('UNSUPPORTED_TYPE');
  if (!isImage(mediaType)) return takePdf(objects, key, found.bytes);
  if (found.bytes > MAX_IMAGE_BYTES) throw fileRefused('TOO_LARGE');
  const arrived = await objects.get(key);
  const image = arrived && (await cleanImage(arrived, mediaType));
  if (!image) throw fileRefused('NOT_READABLE');
  const { bytes, width, height } = image;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const keep = () => objects.put(`file/${sha256}`, bytes, mediaType);
  return { mediaType, sha256, bytes: bytes.length, width, height, keep };
}

async function takePdf(objects: ObjectStore, key: string, bytes: number): Promise<TakenFile> {
  const hash = createHash('sha256');
  let tail = Buffer.alloc(0);
  for await (const piece of (await objects.read(key)) ?? Readable.from([])) {
    hash.update(piece as Buffer);
    tail = Buffer.concat([tail, piece as Buffer]).subarray(-1024);
  }
  if (!isWholePdf(tail)) throw fileRefused('NOT_READABLE');
  const sha256 = hash.digest('hex');
  const mediaType = 'application/pdf';
  const keep = async () => {
    const source = await objects.read(key);
    if (!source) throw new Error('What was there a moment ago is gone.');
    await objects.putStream(`file/${sha256}`, Readable.from(as(sha256, source)), bytes, mediaType);
  };
  return { mediaType, sha256, bytes, width: null, height: null, keep };
}

/**
 * The same pieces, the last of them only when all have this hash: whoever sends another file to the same address
 * after the first was looked at would have it kept under the name of that one.
 */
async function* as(sha256: string, source: Readable): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let held: Buffer | undefined;
  for await (const piece of source) {
    if (held) yield held;
    held = piece as Buffer;
    hash.update(held);
  }
  if (hash.digest('hex') !== sha256) throw fileRefused('NOT_READABLE');
  if (held) yield held;
}
