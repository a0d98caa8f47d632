import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { S3_KEYS, startS3Server } from '@civitas/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { connectObjectStore } from './connect-object-store.ts';
import type { ObjectStore } from './object-store.ts';

async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'civitas-objects-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return pathToFileURL(directory).href;
}

const openDiskStore = async () => connected({ url: await newDirectory() });
const openS3Store = async () => connected({ url: (await startS3Server()).url, ...S3_KEYS });

function connected(options: Parameters<typeof connectObjectStore>[0]): ObjectStore {
  const store = connectObjectStore(options);
  if (!store) throw new Error('No store.');
  onTestFinished(() => store.close());
  return store;
}

const key = (text: string) => `md/${createHash('sha256').update(text).digest('hex')}`;
const kinds = [
  ['on disk', openDiskStore],
  ['in a bucket', openS3Store],
] as const;

test.each(kinds)(
  'a file %s is read as it was put, listed, and gone when deleted',
  async (_, open) => {
    const store = await open();
    const at = key('bees 🐝');
    expect([await store.get(at), await store.describe(at), await store.read(at)]).toEqual([
      null,
      null,
      null,
    ]);
    expect(await Array.fromAsync(store.list('md'))).toEqual([]);
    await Promise.all([1, 2, 3].map(() => store.put(at, Buffer.from('bees 🐝'), 'text/markdown')));
    expect(Buffer.from((await store.get(at)) ?? []).toString()).toBe('bees 🐝');
    expect(await store.describe(at)).toMatchObject({ key: at, bytes: 9 });
    expect(await Array.fromAsync(store.list('md'))).toMatchObject([{ key: at, bytes: 9 }]);
    await store.delete(at);
    await store.delete(at);
    expect(await store.get(at)).toBeNull();
    for (const wrong of ['../secret', 'md/../../x', `md/${'g'.repeat(64)}`, '']) {
      await expect(store.get(wrong)).rejects.toThrow('no key');
      await expect(store.read(wrong)).rejects.toThrow('no key');
    }
  },
);

test.each(kinds)(
  'a file %s goes in and out piece by piece, whole or a stretch of it',
  async (_, open) => {
    const store = await open();
    const pieces = Array.from({ length: 40 }, (__, index) => Buffer.alloc(50_000, index));
    const whole = Buffer.concat(pieces);
    const at = key('large');
    await store.putStream(at, Readable.from(pieces), whole.length, 'application/pdf');
    const read = async (range?: { from: number; to: number }) => {
      const stream = await store.read(at, range);
      return stream && buffer(stream);
    };
    expect((await read())?.equals(whole)).toBe(true);
    expect((await read({ from: 49_999, to: 50_000 }))?.toString('hex')).toBe('0001');
    expect((await read({ from: whole.length - 1, to: whole.length - 1 }))?.[0]).toBe(39);
  },
);

test.each(kinds)('what ends early, fails or is too long is not stored %s', async (_, open) => {
  const store = await open();
  const at = key('broken');
  const failing = Readable.from(
    (async function* () {
      yield Buffer.from('be');
      throw new Error('the line is dead');
    })(),
  );
  for (const [source, bytes] of [
    [failing, 4],
    [Readable.from([Buffer.from('be')]), 4],
    [Readable.from([Buffer.from('bees')]), 3],
  ] as const) {
    await expect(store.putStream(at, source, bytes, 'text/plain')).rejects.toThrow();
    expect(await store.describe(at)).toBeNull();
  }
});

test('what a killed process left half written is no file, and is cleared away a day later', async () => {
  const url = await newDirectory();
  const store = connected({ url });
  const at = key('bees');
  await store.put(at, Buffer.from('bees'), 'text/plain');
  const folder = join(fileURLToPath(url), 'md', at.slice(3, 5));
  const half = `${at.slice(3)}.0b0f7e1c-66b3-4c8e-9c55-3b2d1b3f5a10`;
  await writeFile(join(folder, half), 'be');
  expect(await Array.fromAsync(store.list('md'))).toHaveLength(1);
  expect(await readdir(folder)).toContain(half);
  await utimes(join(folder, half), new Date(0), new Date(0));
  expect(await Array.fromAsync(store.list('md'))).toHaveLength(1);
  expect(await readdir(folder)).toEqual([at.slice(3)]);
});

test('a bucket is not read with another key', async () => {
  const { url } = await startS3Server();
  const wrong = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'guessed' };
  const store = connected({ url, ...wrong });
  await expect(store.get(key('x'))).rejects.toThrow();
});

test.each(['http://example.org', 's3://', 's3://bucket', 'nonsense'])('%s is no store', (url) => {
  expect(() => connectObjectStore({ url })).toThrow();
});
