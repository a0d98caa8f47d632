import { mkdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PostgresStartError, startEmbeddedPostgres } from '@civitas/postgres/embedded';
import type { Seed } from './arguments.ts';
import { LocalStartError } from './local-start-error.ts';

/** A fresh cluster with five databases and the demo data, or a hundred times as much, with room to work. */
const NEEDED_BYTES = { usual: 512 * 1024 ** 2, large: 6 * 1024 ** 3 } as const;

/** Where the graph's files are, for `connectObjectStore`. */
export function objectsUrlIn(directory: string): string {
  return pathToFileURL(join(directory, 'objects')).href;
}

/**
 * Makes the data directory where there is none.
 *
 * @throws LocalStartError when its disk is nearly full.
 */
export async function openDataDirectory(directory: string, seed: Seed | null): Promise<void> {
  const isNew = (await mkdir(directory, { recursive: true })) !== undefined;
  const needed = NEEDED_BYTES[isNew && seed === 'large' ? 'large' : 'usual'];
  const { bavail, bsize } = await statfs(directory);
  const left = bavail * bsize;
  if (left >= needed) return;
  const [leftMb, neededMb] = [left, needed].map((bytes) => Math.round(bytes / 1e6));
  throw new LocalStartError(`${directory} has ${leftMb} MB of disk left; ${neededMb} are needed.`);
}

/**
 * Deletes everything in it. A server that was left behind is stopped first.
 *
 * @throws PostgresStartError when another process serves the data.
 */
export async function deleteDataDirectory(directory: string): Promise<void> {
  try {
    const server = await startEmbeddedPostgres({ dataDirectory: join(directory, 'postgres') });
    await server.stop();
  } catch (error) {
    // Damaged data is what somebody wants to delete.
    if (error instanceof PostgresStartError && error.reason === 'in-use') throw error;
  }
  await rm(directory, { recursive: true, force: true });
}
