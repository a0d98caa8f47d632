import { CivitasError } from '../errors/index.ts';

/** 128 bits in 26 Crockford base32 digits leave two spare bits, so the first digit is 0–7. */
const SUFFIX = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/** True when `value` is a TypeID of this prefix. Says nothing about existence. */
export function isId(prefix: string, value: string): boolean {
  return (
    value.length === prefix.length + 27 &&
    value.startsWith(`${prefix}_`) &&
    SUFFIX.test(value.slice(prefix.length + 1))
  );
}

/**
 * Checks the form of an id that came from outside, before it gets near a database.
 *
 * @param argumentPath where the client put it, e.g. `input.listingId`.
 * @throws CivitasError `MALFORMED_ID` with `argumentPath` and `expectedPrefix`.
 */
export function parseId(prefix: string, value: string, argumentPath = 'id'): string {
  if (isId(prefix, value)) return value;
  throw new CivitasError('MALFORMED_ID', {
    message: `\`${argumentPath}\` is not an id of the expected kind (\`${prefix}_…\`).`,
    details: { argumentPath, expectedPrefix: prefix },
  });
}
