import { createHash } from 'node:crypto';

/** A name for a text, as long for any text. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
