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

/** A handle: ASCII only, so that no two look alike; lower-cased, so that case does not matter. */
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

export function isReservedHandle(value: string): boolean {
  return RESERVED.has(value);
}
