import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createDatabase } from '@civitas/platform/database';
import { expect, onTestFinished, test } from 'vitest';
import { PrismaClient } from '../generated/prisma/client.ts';
import { S3_KEYS, startS3Server } from '../testing/start-s3-server.ts';
import { useContent } from '../testing/use-content.ts';
import { connectObjectStore } from './connect-object-store.ts';
import { collectOrphans, moveTexts } from './move-texts.ts';
import type { ObjectStore } from './object-store.ts';
import { describeText, keepTexts, keyOfText, readKeptTexts } from './texts.ts';

const content = useContent();

async function openDiskStore(): Promise<ObjectStore> {
  const directory = await mkdtemp(join(tmpdir(), 'civitas-objects-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return connected(connectObjectStore({ url: pathToFileURL(directory).href }));
}

async function openS3Store(): Promise<ObjectStore> {
  const { url } = await startS3Server();
  return connected(connectObjectStore({ url, ...S3_KEYS }));
}

function connected(store: ObjectStore | null): ObjectStore {
  if (!store) throw new Error('No store.');
  onTestFinished(() => store.close());
  return store;
}

const key = (text: string) => keyOfText(describeText(text).sha256);
const read = async (store: ObjectStore, at: string) => {
  const bytes = await store.get(at);
  return bytes && Buffer.from(bytes).toString();
};

test.each([
  ['on disk', openDiskStore],
  ['in a bucket', openS3Store],
])('a file %s is read as it was put, listed, and gone when deleted', async (_, open) => {
  const store = await open();
  const at = key('bees 🐝');
  expect(await store.get(at)).toBeNull();
  expect(await Array.fromAsync(store.list('md'))).toEqual([]);
  await Promise.all([1, 2, 3].map(() => store.put(at, Buffer.from('bees 🐝'), 'text/markdown')));
  expect(await read(store, at)).toBe('bees 🐝');
  expect(await Array.fromAsync(store.list('md'))).toMatchObject([{ key: at, bytes: 9 }]);
  await store.delete(at);
  await store.delete(at);
  expect(await store.get(at)).toBeNull();
  for (const wrong of ['../secret', 'md/../../x', `md/${'g'.repeat(64)}`, '']) {
    await expect(store.get(wrong)).rejects.toThrow('no key');
  }
});

test('a bucket is not read with another key', async () => {
  const { url } = await startS3Server();
  const wrong = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'guessed' };
  const store = connected(connectObjectStore({ url, ...wrong }));
  await expect(store.get(key('x'))).rejects.toThrow();
});

test.each(['http://example.org', 's3://', 's3://bucket', 'nonsense'])('%s is no store', (url) => {
  expect(() => connectObjectStore({ url })).toThrow();
});

test('a text is readable before, while and after it goes to the store, and kept while it is needed', async () => {
  const db = createDatabase({
    url: content.databaseUrl,
    createClient: (adapter) => new PrismaClient({ adapter }),
  });
  onTestFinished(() => db.close());
  const store = await openDiskStore();
  const author = content.somebody();
  const subjectId = await content.subject(author);
  const { id: topicId } = await content.topic(author, subjectId, 'A', { markdown: 'first' });
  const update =
    'mutation ($input: UpdateTopicInput!) { updateTopic(input: $input) { __typename } }';
  await content.as(author).run(update, { input: { topicId, markdown: 'second' } });
  await db.inTransaction((tx) => keepTexts(tx, ['of nobody'], new Date()));
  const texts = ['first', 'second', 'of nobody'];
  const hashes = texts.map((text) => describeText(text).sha256);
  const readAll = async () => [...(await readKeptTexts(db, store, hashes)).values()].toSorted();
  expect(await readAll()).toEqual(texts.toSorted());
  const [moved] = await Promise.all([moveTexts(db, store), moveTexts(db, store), readAll()]);
  expect(await readAll()).toEqual(texts.toSorted());
  expect(moved).toBeGreaterThanOrEqual(0);
  expect(await db.client.textObject.count({ where: { sha256: { in: hashes } } })).toBe(0);
  expect(await collectOrphans(db, store, new Date(0))).toBe(0);
  expect(await collectOrphans(db, store, new Date(Date.now() + 1000))).toBe(1);
  expect(await readAll()).toEqual(['first', 'second']);
});
