import { z } from 'zod';

/** Names that would read as the platform's own, or as a path of it. */
const RESERVED = new Set([
  'about',
  'admin',
  'administrator',
  'api',
  'civitas',
  'graphql',
  'health',
  'help',
  'me',
  'moderator',
  'official',
  'root',
  'security',
  'settings',
  'support',
  'system',
  'www',
]);

/** Words that would vouch for whoever has them between the hyphens of a handle. */
const VOUCHING = new Set([
  'admin',
  'administrator',
  'civitas',
  'moderator',
  'official',
  'security',
  'support',
]);

/**
 * A handle: ASCII only, so that no letter of another script passes for one of these; lower-cased, so
 * that case does not matter. What still looks alike is told apart by {@link handleLook}.
 */
export const handle = z
  .string()
  .transform((value) => value.trim().toLowerCase())
  .pipe(
    z
      .string()
      .regex(
        /^[a-z0-9](?:-?[a-z0-9]){2,29}$/,
        'must have 3 to 30 letters or digits, with single hyphens between them.',
      )
      .max(30, 'must have at most 30 characters.'),
  );

/**
 * What a handle looks like: two with the same look cannot both be had. Of the confusables of Unicode
 * (UTS 39, https://www.unicode.org/Public/security/latest/confusables.txt) those among lower-case
 * ASCII. The function `handle_look` of the database does the same.
 */
export function handleLook(value: string): string {
  return value.replaceAll('0', 'o').replaceAll('1', 'l').replaceAll('rn', 'm');
}

/** Also for what looks like a reserved word, and for `…-support` and the like. */
export function isReservedHandle(value: string): boolean {
  const look = strictLook(value);
  return RESERVED_LOOKS.has(look) || look.split('-').some((part) => VOUCHING_LOOKS.has(part));
}

/** Of the platform's own words there is no doubt: `adm1n` passes for one at a glance. */
function strictLook(value: string): string {
  return handleLook(value).replaceAll('i', 'l');
}

const RESERVED_LOOKS = new Set([...RESERVED].map(strictLook));
const VOUCHING_LOOKS = new Set([...VOUCHING].map(strictLook));
