import { open } from 'node:fs/promises';
import type { Logger } from '@civitas/platform/telemetry';
import { type BreachedPasswords, sha1Of } from './breached-passwords.ts';

/** The longest line of the file: 40 digits, a colon, a count, a line end. */
const MAX_LINE_BYTES = 64;

/**
 * Looks passwords up in a file, without any network: the SHA-1 list that HIBP's downloader makes,
 * one `HASH:COUNT` a line, ordered by hash. A binary search reads some 35 lines of its 40 GB.
 *
 * @param path read at each question, so that the file can be replaced by a newer one.
 */
export function searchBreachFile({
  path,
  log,
}: {
  readonly path: string;
  readonly log: Logger;
}): BreachedPasswords {
  return {
    lookUp: async (password) => {
      try {
        return (await contains(path, sha1Of(password))) ? 'breached' : 'not listed';
      } catch (error) {
        log.warn({ err: error }, 'the list of breached passwords cannot be read');
        return 'unknown';
      }
    },
  };
}

async function contains(path: string, wanted: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(2 * MAX_LINE_BYTES);
    /** The first line that begins at or after a place. Null at the end. */
    const lineFrom = async (place: number) => {
      const from = Math.max(0, place - 1);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
      const text = buffer.toString('latin1', 0, bytesRead);
      const start = place === 0 ? 0 : text.indexOf('\n') + 1;
      if (start === 0 && place !== 0) return null;
      const hash = text.slice(start, start + 40).toUpperCase();
      return hash.length === 40 ? { hash, start: from + start } : null;
    };
    let [low, high] = [0, (await file.stat()).size];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const line = await lineFrom(middle);
      if (line?.hash === wanted) return true;
      if (line && line.hash < wanted) low = line.start + 1;
      else high = middle;
    }
    return (await lineFrom(low))?.hash === wanted;
  } finally {
    await file.close();
  }
}
