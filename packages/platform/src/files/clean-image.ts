import sharp, { type Sharp } from 'sharp';
import { createLimit } from '../concurrency/index.ts';
import type { ImageType } from './media-type.ts';

/** A picture that holds nothing but its pixels. */
export interface CleanImage {
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Of all frames together: a few bytes can say that they are a million pictures. */
const MAX_PIXELS = 40_000_000;
const MAX_FRAMES = 300;
const MAX_SECONDS = 20;
/** Decoding takes tens of megabytes each; the rest waits, and beyond that is asked to come again. */
const limited = createLimit(2, 50);

// Only the readers of what may be uploaded: the others are code that strangers' bytes should not reach.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpeg',
    'VipsForeignLoadPng',
    'VipsForeignLoadWebp',
    'VipsForeignLoadNsgif',
    'VipsForeignLoadHeif',
  ],
});
sharp.cache(false);
sharp.concurrency(1);

const FORMATS = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'heif',
} as const satisfies Record<ImageType, string>;

/**
 * Decodes a picture and writes it anew: turned as its camera said, in sRGB, without EXIF, comments,
 * thumbnails, or anything that was hung on behind it. Animations stay animations.
 *
 * @returns null for what cannot be decoded whole, or is too large to be: 40 million pixels or 300 frames.
 * @throws CivitasError `SERVICE_UNAVAILABLE` when too many are waiting.
 */
export function cleanImage(bytes: Uint8Array, type: ImageType): Promise<CleanImage | null> {
  return limited(async () => {
    const input = await openImage(bytes, type);
    if (!input) return null;
    return encoded(written(input.image.autoOrient(), type), input.frames);
  });
}

/**
 * The middle of a picture as squares in WebP, the first frame of an animation; smaller pictures are not
 * made larger than they are sharp: they are scaled up only to the sizes that were asked for.
 *
 * @returns null for what cannot be decoded whole, or is too large to be.
 * @throws CivitasError `SERVICE_UNAVAILABLE` when too many are waiting.
 */
export function squaresOf<Size extends number>(
  bytes: Uint8Array,
  type: ImageType,
  sizes: readonly Size[],
): Promise<ReadonlyMap<Size, Buffer> | null> {
  return limited(async () => {
    const input = await openImage(bytes, type, 1);
    if (!input) return null;
    const squares = new Map<Size, Buffer>();
    for (const size of sizes) {
      const square = input.image
        .clone()
        .autoOrient()
        .resize(size, size, { fit: 'cover' })
        .webp({ quality: 82 });
      const made = await encoded(square, 1);
      if (!made) return null;
      squares.set(size, made.bytes);
    }
    return squares;
  });
}

async function openImage(bytes: Uint8Array, type: ImageType, pages = -1) {
  try {
    const options = { failOn: 'error', limitInputPixels: MAX_PIXELS, pages } as const;
    const image = sharp(bytes, options).timeout({ seconds: MAX_SECONDS });
    const { format, width, pageHeight, height, pages: frames = 1 } = await image.metadata();
    // What it is by its first bytes and what it is by its decoder have to be the same.
    if (format !== FORMATS[type] || frames > MAX_FRAMES) return null;
    const pixels = width * (pageHeight ?? height) * (pages === 1 ? 1 : frames);
    return pixels > MAX_PIXELS ? null : { image, frames };
  } catch {
    return null;
  }
}

function written(image: Sharp, type: ImageType): Sharp {
  if (type === 'image/png') return image.png({ compressionLevel: 8 });
  if (type === 'image/jpeg') return image.jpeg({ quality: 90 });
  if (type === 'image/webp') return image.webp({ quality: 90 });
  if (type === 'image/gif') return image.gif();
  // More effort takes many times as long for a few per cent.
  return image.avif({ quality: 60, effort: 2 });
}

async function encoded(image: Sharp, frames: number): Promise<CleanImage | null> {
  try {
    const { data, info } = await image.toBuffer({ resolveWithObject: true });
    return { bytes: data, width: info.width, height: info.pageHeight ?? info.height / frames };
  } catch {
    return null;
  }
}
