import { randomUUID } from 'node:crypto';
import { mkdir, open, opendir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assertKey, type ObjectStore, type StoredObject } from './object-store.ts';

/**
 * Files below one directory, in folders by the first two digits of their hash. A file appears whole or
 * not at all: it is written beside, flushed and renamed.
 */
export function createDiskStore(directory: string): ObjectStore {
  const pathOf = (key: string) => {
    assertKey(key);
    const [prefix = '', hash = ''] = key.split('/');
    return join(directory, prefix, hash.slice(0, 2), hash);
  };
  return {
    put: async (key, bytes) => {
      const path = pathOf(key);
      const beside = `${path}.${randomUUID()}`;
      await mkdir(dirname(path), { recursive: true });
      const file = await open(beside, 'wx');
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(beside, path);
    },
    get: async (key) => readFile(pathOf(key)).catch(unlessMissing(null)),
    delete: async (key) => rm(pathOf(key), { force: true }),
    list: (prefix) => listFiles(directory, prefix),
    close: () => undefined,
  };
}

async function* listFiles(directory: string, prefix: string): AsyncGenerator<StoredObject> {
  const root = await opendir(join(directory, prefix), { recursive: true }).catch(
    unlessMissing(null),
  );
  if (root === null) return;
  for await (const entry of root) {
    if (!entry.isFile() || !/^[0-9a-f]{64}$/v.test(entry.name)) continue;
    const found = await stat(join(entry.parentPath, entry.name)).catch(unlessMissing(null));
    if (found) yield { key: `${prefix}/${entry.name}`, bytes: found.size, putAt: found.mtime };
  }
}

function unlessMissing<Value>(value: Value): (error: NodeJS.ErrnoException) => Value {
  return (error) => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
}
