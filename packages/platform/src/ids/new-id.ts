import { TypeID, typeid } from 'typeid-js';

/**
 * A new id of a kind: a TypeID, i.e. `prefix_` + a UUIDv7 in Crockford base32 (26 characters).
 * Ids sort by creation time to the millisecond. See https://github.com/jetify-com/typeid.
 */
export function newId(prefix: string): string {
  return typeid(prefix).toString();
}

/**
 * Ids for seeded data: the caller gives the time and the randomness, so that the same seed makes
 * the same ids on every machine.
 *
 * @param random yields numbers in [0, 1).
 * @returns a function of (prefix, instant) that yields a TypeID holding that instant.
 */
export function seededIds(random: () => number): (prefix: string, at: Date) => string {
  return (prefix, at) => {
    const bytes = Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256));
    let milliseconds = at.getTime();
    // RFC 9562 §5.7: 48 bits of Unix time in milliseconds, big-endian, then version and variant.
    for (let index = 5; index >= 0; index -= 1) {
      bytes[index] = milliseconds % 256;
      milliseconds = Math.floor(milliseconds / 256);
    }
    bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
    bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
    return TypeID.fromUUIDBytes(prefix, bytes).toString();
  };
}
