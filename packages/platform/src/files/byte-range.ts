import type { ByteRange } from '../objects/index.ts';

/**
 * What a `Range` header asks for of a file (RFC 9110 §14.2): one stretch, `unsatisfiable`, or null for all
 * of it, also when the header is malformed, of another unit, or asks for several stretches.
 */
export function readByteRange(
  header: string | undefined,
  bytes: number,
): ByteRange | 'unsatisfiable' | null {
  const [whole, first = '', last = ''] =
    /^bytes=[ \t]*(\d{0,15})-(\d{0,15})[ \t]*$/i.exec(header ?? '') ?? [];
  if (whole === undefined || (first === '' && last === '')) return null;
  if (first === '') {
    const length = Math.min(Number(last), bytes);
    return length === 0 ? 'unsatisfiable' : { from: bytes - length, to: bytes - 1 };
  }
  const from = Number(first);
  const to = last === '' ? bytes - 1 : Number(last);
  if (to < from && last !== '') return null;
  return from >= bytes ? 'unsatisfiable' : { from, to: Math.min(to, bytes - 1) };
}
