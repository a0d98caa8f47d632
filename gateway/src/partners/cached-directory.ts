import { sha256 } from '@civitas/platform/documents';
import type { ClientDirectory } from './client-directory.ts';
import { remembering } from './remembering.ts';

/** A revoked key ends, and changed terms begin, this much later at the latest. */
const FRESH_MS = 5_000;
/** While identity is away nobody can revoke a key there either; after this, keys wait for it. */
const STALE_MS = 5 * 60_000;
/** Registered operations never change; this bounds how long one that nobody sends is kept. */
const OPERATION_MS = 60 * 60_000;
const MAX_KEYS = 10_000;
const MAX_NAMES = 1_000;
const MAX_OPERATIONS = 5_000;

/** A directory that is asked once in a while. Keys themselves are not kept, only their hashes. */
export function cachedDirectory(directory: ClientDirectory): ClientDirectory {
  return {
    findKey: remembering({
      ask: directory.findKey,
      keyOf: sha256,
      freshMs: () => FRESH_MS,
      staleMs: STALE_MS,
      max: MAX_KEYS,
    }),
    findKeylessAccount: remembering({
      ask: directory.findKeylessAccount,
      keyOf: (name) => name,
      freshMs: () => FRESH_MS,
      staleMs: STALE_MS,
      max: MAX_NAMES,
    }),
    findOperation: remembering({
      ask: directory.findOperation,
      keyOf: JSON.stringify,
      freshMs: (found) => (found ? OPERATION_MS : FRESH_MS),
      staleMs: OPERATION_MS,
      max: MAX_OPERATIONS,
    }),
    findRights: directory.findRights,
    recordUsage: directory.recordUsage,
  };
}
