import { createHash } from 'node:crypto';
import { cleanImage, isImage, isWholePdf, sniffMediaType } from '@civitas/platform/files';
import type { ContentDatabase } from '../context.ts';
import { MAX_IMAGE_BYTES } from './limits.ts';

/** What may be kept of a file that is in memory. */
export interface LookedAtFile {
  readonly mediaType: string;
  readonly sha256: string;
  readonly bytes: Buffer;
  readonly width: number | null;
  readonly height: number | null;
}

type FileRefusal = 'NOT_READABLE' | 'TOO_LARGE' | 'UNSUPPORTED_TYPE';

/**
 * Looks at a file as every upload is looked at: what it is by its bytes, and pictures are written anew.
 * One that is attached somewhere already went through that, and stays as it is byte for byte; so what was
 * exported here keeps its name when it comes back.
 *
 * @returns why it may not be kept, otherwise.
 * @throws CivitasError `SERVICE_UNAVAILABLE` when too many pictures are waiting.
 */
export async function lookAtFile(
  db: ContentDatabase,
  arrived: Buffer,
): Promise<LookedAtFile | FileRefusal> {
  const type = sniffMediaType(arrived.subarray(0, 64));
  if (type === null) return 'UNSUPPORTED_TYPE';
  const sha256 = hashOf(arrived);
  if (!isImage(type)) {
    if (!isWholePdf(arrived.subarray(-1024))) return 'NOT_READABLE';
    return { mediaType: type, sha256, bytes: arrived, width: null, height: null };
  }
  if (arrived.length > MAX_IMAGE_BYTES) return 'TOO_LARGE';
  const where = { sha256, mediaType: type };
  const known =
    (await db.client.topicAttachment.findFirst({ where })) ??
    (await db.client.subjectVersionAttachment.findFirst({ where }));
  if (known) {
    const { width, height } = known;
    return { mediaType: type, sha256, bytes: arrived, width, height };
  }
  const image = await cleanImage(arrived, type);
  if (!image) return 'NOT_READABLE';
  return { ...image, mediaType: type, sha256: hashOf(image.bytes) };
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
