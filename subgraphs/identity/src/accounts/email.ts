import { z } from 'zod';

/**
 * An e-mail address, lower-cased. The length is the limit of a forward path (RFC 5321 §4.5.3.1.3,
 * less its angle brackets).
 */
export const email = z
  .string()
  .max(254, 'must have at most 254 characters.')
  .transform((value) => value.trim().toLowerCase())
  .pipe(z.email('must be an e-mail address.'));
