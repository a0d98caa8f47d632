import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { connectObjectStore, type ObjectStore } from '../objects/index.ts';
import { collectUploads, createFileSigner, createUploadDoor } from './index.ts';

const SCRIPT = fileURLToPath(new URL('test/half-an-upload.ts', import.meta.url));
const BYTES = 2_000_000;

async function openStore() {
  const directory = await mkdtemp(join(tmpdir(), 'civitas-killed-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const url = pathToFileURL(directory).href;
  return { directory, url, store: connectObjectStore({ url }) as ObjectStore };
}

const filesBelow = async (directory: string) =>
  (await readdir(directory, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

test('of an upload whose process is killed nothing is seen; it can be sent again, and its room comes back', async () => {
  const { directory, url, store } = await openStore();
  const door = createUploadDoor({
    ...{ objects: store, path: '/files/uploads/', prefix: 'incoming' },
    publicUrl: 'http://gateway.invalid',
    signer: createFileSigner(['a secret of 32 characters or more'], 'upload'),
    now: () => new Date(),
  });
  const { objectKey, address } = door.open(BYTES, new Date());
  const child = spawn(process.execPath, [SCRIPT, url, address.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const [half = ''] = await vi.waitUntil(
    async () => {
      const files = await filesBelow(directory);
      const [file] = files;
      return file !== undefined && (await stat(file)).size > 0 ? files : null;
    },
    { timeout: 20_000 },
  );
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  expect(await store.describe(objectKey)).toBeNull();
  expect(await Array.fromAsync(store.list('incoming'))).toEqual([]);

  const { pathname: path, searchParams: query } = new URL(address.url);
  const whole = Buffer.alloc(BYTES, 'b');
  const { status } = await door.route.handle({
    ...{ method: 'PUT', path, query, body: Buffer.of(), headers: {} },
    stream: Readable.from([whole]),
  });
  expect(status).toBe(204);
  expect(Buffer.from((await store.get(objectKey)) ?? []).equals(whole)).toBe(true);

  await utimes(half, new Date(0), new Date(0));
  expect(await collectUploads(store, 'incoming', new Date(Date.now() + 60_000))).toBe(1);
  expect(await filesBelow(directory)).toEqual([]);
});

test('two stores on one directory put, read and delete the same file, and nobody sees a part of it', async () => {
  const { directory, url, store } = await openStore();
  const other = connectObjectStore({ url }) as ObjectStore;
  const key = `file/${'a'.repeat(64)}`;
  const whole = Buffer.alloc(300_000, 'c');
  const seen = await Promise.all(
    Array.from({ length: 30 }, async (_, turn) => {
      const mine = turn % 2 === 0 ? store : other;
      if (turn % 5 === 4) await mine.delete(key);
      else await mine.put(key, whole, 'application/pdf');
      return (await (turn % 2 === 0 ? other : store).get(key)) ?? null;
    }),
  );
  expect(seen.every((file) => file === null || whole.equals(file))).toBe(true);
  await other.put(key, whole, 'application/pdf');
  expect(whole.equals((await store.get(key)) ?? Buffer.of())).toBe(true);
  // No traces of those that were overtaken.
  expect(await filesBelow(directory)).toHaveLength(1);
});
