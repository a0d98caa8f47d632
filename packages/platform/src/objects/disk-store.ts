import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, opendir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { exactLength } from './exact-length.ts';
import { assertKey, type ObjectStore, type StoredObject } from './object-store.ts';
import { nameStorageFull } from './storage-full.ts';

/** What was being written when its process died is not needed after this. */
const UNFINISHED_AGE_MS = 24 * 60 * 60 * 1000;

/**
 * Files below one directory, in folders by the first two digits of their hash. A file appears whole or
 * not at all, and stays when the machine stops: it is written beside, flushed and renamed, and then its folder
 * is flushed.
 */
export function createDiskStore(directory: string): ObjectStore {
  const pathOf = (key: string) => {
    assertKey(key);
    const [prefix = '', hash = ''] = key.split('/');
    return join(directory, prefix, hash.slice(0, 2), hash);
  };
  const putStream = async (key: string, source: Readable, bytes: number) => {
    const path = pathOf(key);
    const beside = `${path}.${randomUUID()}`;
    const folder = dirname(path);
    try {
      const made = await mkdir(folder, { recursive: true });
      // At once: who comes after a failure finds the folder made, and does not know that it was not flushed.
      if (made !== undefined) await syncFolders(dirname(folder), dirname(made));
      const file = await open(beside, 'wx');
      await pipeline(source, exactLength(bytes), file.createWriteStream({ flush: true }));
      await rename(beside, path);
      await syncFolder(folder);
    } catch (error) {
      source.destroy();
      await rm(beside, { force: true });
      throw nameStorageFull(error);
    }
  };
  const describe = async (key: string) => {
    const found = await stat(pathOf(key)).catch(unlessMissing(null));
    return found && { key, bytes: found.size, putAt: found.mtime };
  };
  return {
    put: (key, bytes) => putStream(key, Readable.from([bytes]), bytes.length),
    putStream,
    get: async (key) => readFile(pathOf(key)).catch(unlessMissing(null)),
    read: async (key, range) => {
      const file = await open(pathOf(key)).catch(unlessMissing(null));
      if (file === null) return null;
      return createReadStream('', { fd: file, ...(range && { start: range.from, end: range.to }) });
    },
    describe,
    delete: async (key) => rm(pathOf(key), { force: true }),
    list: (prefix) => listFiles(directory, prefix),
    close: () => undefined,
  };
}

/** Names are kept by the folder: without this a file that is flushed may be gone when the power was. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

/** From the innermost folder in which one was made to the outermost. */
async function syncFolders(inner: string, outer: string): Promise<void> {
  await syncFolder(inner);
  if (inner !== outer) await syncFolders(dirname(inner), outer);
}

async function* listFiles(directory: string, prefix: string): AsyncGenerator<StoredObject> {
  const root = await opendir(join(directory, prefix), { recursive: true }).catch(
    unlessMissing(null),
  );
  if (root === null) return;
  for await (const entry of root) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const found = await stat(path).catch(unlessMissing(null));
    if (!found) continue;
    if (/^[0-9a-f]{64}$/v.test(entry.name)) {
      yield { key: `${prefix}/${entry.name}`, bytes: found.size, putAt: found.mtime };
    } else if (found.mtimeMs < Date.now() - UNFINISHED_AGE_MS) {
      await rm(path, { force: true });
    }
  }
}

function unlessMissing<Value>(value: Value): (error: NodeJS.ErrnoException) => Value {
  return (error) => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
}
