import { CivitasError } from '@civitas/platform/errors';
import { z } from 'zod';

/** The address of a community: ASCII only, so that no two look alike; case does not matter. */
export const slug = z
  .string()
  .max(50, 'must have at most 50 characters.')
  .regex(
    /^[A-Za-z0-9](?:-?[A-Za-z0-9]){2,}$/,
    'must have 3 to 50 letters or digits, with single hyphens between them.',
  )
  .toLowerCase();

/** @throws CivitasError `BAD_USER_INPUT` for a text that no community can have as its address. */
export function parseSlug(value: string): string {
  const parsed = slug.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new CivitasError('BAD_USER_INPUT', {
    message: `\`slug\`: ${parsed.error.issues[0]?.message}`,
    details: { argumentPath: 'slug' },
  });
}
