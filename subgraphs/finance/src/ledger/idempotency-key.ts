import { createHash } from 'node:crypto';
import { z } from 'zod';

/** The client's name for one intended movement of money. */
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,100}$/, 'must be 1 to 100 printable ASCII characters without spaces.');

/**
 * A digest that tells requests under one key apart: SHA-256 of the parts as JSON, which, being a
 * list of strings and nulls, has exactly one form.
 */
export function requestHash(parts: readonly (string | null)[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(JSON.stringify(parts)).digest());
}
