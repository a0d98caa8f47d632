import * as Y from 'yjs';

/** A vector names each client that ever wrote once, at most ten bytes each. */
const MAX_BYTES = 256 * 1024;

/** Whether bytes can be used as a state vector. */
export function isStateVector(bytes: Uint8Array): boolean {
  if (bytes.length > MAX_BYTES) return false;
  try {
    Y.decodeStateVector(bytes);
    return true;
  } catch {
    return false;
  }
}
