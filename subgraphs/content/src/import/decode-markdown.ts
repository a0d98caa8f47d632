import { isUtf8 } from 'node:buffer';
import { importRefused } from './import-refused.ts';
import { IMPORT_LIMITS } from './limits.ts';

const LINE_FEED = 0x0a;

/**
 * Reads the bytes of a file as the text an import takes.
 *
 * @throws UserFailure `ImportRefused` for more than the limit of bytes, for NUL bytes and for what
 * is not UTF-8, with the line.
 */
export function decodeMarkdown(bytes: Uint8Array, maxBytes = IMPORT_LIMITS.maxBytes): string {
  if (bytes.length > maxBytes) throw tooManyBytes(bytes.length, maxBytes);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const nul = buffer.indexOf(0);
  if (nul >= 0) {
    const line = buffer.subarray(0, nul).filter((byte) => byte === LINE_FEED).length + 1;
    throw importRefused('NOT_TEXT', 'this is a binary file: it contains a NUL byte.', line);
  }
  if (isUtf8(buffer)) return buffer.toString('utf8');
  throw importRefused('NOT_TEXT', 'this is not text in UTF-8.', firstBadLine(buffer));
}

/** No byte of a multi-byte character is a line feed, so lines can be looked at one by one. */
function firstBadLine(buffer: Buffer): number {
  let start = 0;
  for (let line = 1; ; line += 1) {
    const end = buffer.indexOf(LINE_FEED, start);
    if (end < 0 || !isUtf8(buffer.subarray(start, end))) return line;
    start = end + 1;
  }
}

export function tooManyBytes(bytes: number, maxBytes: number) {
  return importRefused(
    'TOO_LARGE',
    `The document has ${bytes} bytes; the limit is ${maxBytes}.`,
    null,
  );
}
