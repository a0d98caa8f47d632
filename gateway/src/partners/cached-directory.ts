import { createHash } from 'node:crypto';
import type { ClientDirectory } from './client-directory.ts';
import { remembering } from './remembering.ts';

/** A revoked key ends, and changed terms begin, this much later at the latest. */
const KEY_FRESH_MS = 5_000;
/** While identity is away nobody can revoke a key there either; after this, keys wait for it. */
const KEY_STALE_MS = 5 * 60_000;
const MAX_KEYS = 10_000;

/** A directory that is asked once in a while. Keys themselves are not kept, only their hashes. */
export function cachedDirectory(directory: ClientDirectory): ClientDirectory {
  return {
    findKey: remembering({
      ask: directory.findKey,
      keyOf: (key) => createHash('sha256').update(key).digest('base64url'),
      freshMs: () => KEY_FRESH_MS,
      staleMs: KEY_STALE_MS,
      max: MAX_KEYS,
    }),
  };
}
