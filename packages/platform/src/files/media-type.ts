/** What may be uploaded: pictures that every browser shows, and PDF. */
export const IMAGE_TYPES = [
  'image/png',
  'image/jpeg',
  'image/webp',
  'image/gif',
  'image/avif',
] as const;
export type ImageType = (typeof IMAGE_TYPES)[number];
export type MediaType = ImageType | 'application/pdf';

/** Bytes that say what a file is, by their offsets; see https://mimesniff.spec.whatwg.org/#image-type-pattern-matching-algorithm. */
const SIGNATURES: readonly (readonly [MediaType, ...(readonly [number, string])[]])[] = [
  ['image/png', [0, '\x89PNG\r\n\x1a\n']],
  ['image/jpeg', [0, '\xff\xd8\xff']],
  ['image/gif', [0, 'GIF87a']],
  ['image/gif', [0, 'GIF89a']],
  ['image/webp', [0, 'RIFF'], [8, 'WEBPVP8']],
  ['image/avif', [4, 'ftypavif']],
  ['image/avif', [4, 'ftypavis']],
  // Readers of PDF look for this further on, too, which is how files that are two things at once are made.
  ['application/pdf', [0, '%PDF-1.']],
  ['application/pdf', [0, '%PDF-2.']],
];

/**
 * What a file is by its first bytes, whatever its name or its sender say; null for what may not be
 * uploaded, SVG among it, which can hold scripts.
 */
export function sniffMediaType(head: Uint8Array): MediaType | null {
  const text = Buffer.from(head.subarray(0, 32)).toString('latin1');
  for (const [type, ...parts] of SIGNATURES) {
    if (parts.every(([offset, bytes]) => text.startsWith(bytes, offset))) return type;
  }
  return null;
}

/** Whether a PDF has its end, which a part of one has not. */
export function isWholePdf(tail: Uint8Array): boolean {
  return Buffer.from(tail).subarray(-1024).toString('latin1').includes('%%EOF');
}

export function isImage(type: MediaType): type is ImageType {
  return type !== 'application/pdf';
}
