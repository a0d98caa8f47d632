import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createDatabase } from '@civitas/platform/database';
import { connectObjectStore, type ObjectStore } from '@civitas/platform/objects';
import { expect, onTestFinished, test } from 'vitest';
import { PrismaClient } from '../generated/prisma/client.ts';
import { personalData } from '../personal-data/index.ts';
import { useContent } from '../testing/use-content.ts';
import { collectOrphans } from './collect-orphans.ts';
import { deleteErasedTexts } from './erased-texts.ts';
import { moveTexts } from './move-texts.ts';
import { storeTopicTexts } from './store-topic-texts.ts';
import { describeText, keepTexts, readKeptTexts } from './texts.ts';

const content = useContent();

function openDatabase() {
  const db = createDatabase({
    url: content.databaseUrl,
    createClient: (adapter) => new PrismaClient({ adapter }),
  });
  onTestFinished(() => db.close());
  return db;
}

async function openDiskStore(): Promise<ObjectStore> {
  const directory = await mkdtemp(join(tmpdir(), 'civitas-objects-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return connected(connectObjectStore({ url: pathToFileURL(directory).href }));
}

function connected(store: ObjectStore | null): ObjectStore {
  if (!store) throw new Error('No store.');
  onTestFinished(() => store.close());
  return store;
}

test('a text is readable before, while and after it goes to the store, and kept while it is needed', async () => {
  const db = openDatabase();
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

test.each(['in the store', 'on their way there'])(
  'texts %s go with whoever is erased, but for those that others need, whatever fails meanwhile',
  async (where) => {
    const db = openDatabase();
    const store = await openDiskStore();
    const [author, other] = [content.somebody(), content.somebody()];
    const texts = [`only theirs, ${where}`, `of both, ${where}`];
    const hashes = texts.map((text) => describeText(text).sha256);
    for (const [by, markdown] of [
      [author, texts[0]],
      [author, texts[1]],
      [other, texts[1]],
    ] as const) {
      const subjectId = await content.subject(by);
      await content.topic(by, subjectId, 'A', { markdown: markdown ?? '' });
    }
    const update =
      'mutation ($input: SaveTopicRevisionInput!) { saveTopicRevision(input: $input) { __typename } }';
    for (const { id: topicId, subject } of await db.client.topic.findMany({
      where: { markdown: { in: texts } },
      include: { subject: true },
    })) {
      const by = subject.authorId === author.id ? author : other;
      await content.as(by).run(update, { input: { topicId, name: 'One' } });
    }
    const readAll = async () => [...(await readKeptTexts(db, store, hashes)).values()].toSorted();
    expect(await readAll()).toEqual(texts.toSorted());
    if (where === 'in the store') while ((await moveTexts(db, store)) > 0);
    const { erase } = personalData(() => new Date());
    await db.inTransaction((tx) => erase(tx, author.id, new Date()));
    const broken: ObjectStore = { ...store, delete: () => Promise.reject(new Error('away')) };
    await expect(deleteErasedTexts(db, broken)).rejects.toThrow('away');
    await Promise.all([deleteErasedTexts(db, store), moveTexts(db, store)]);
    await deleteErasedTexts(db, store);
    expect(await readAll()).toEqual([texts[1]]);
    expect(await db.client.erasedText.count({ where: { sha256: { in: hashes } } })).toBe(0);
  },
);

/** What topics have that the store has not: in bytes or by hash. */
const RECOUNT = `
  SELECT count(*) FILTER (WHERE file_sha256 IS DISTINCT FROM
           encode(sha256(convert_to(markdown, 'UTF8')), 'hex'))::int AS missing,
         array_agg(DISTINCT file_sha256) AS hashes
  FROM topic WHERE markdown <> '' AND subject_id = ANY ($1)`;

test('every text that a topic has reaches the store, however it came there and changed', async () => {
  const db = openDatabase();
  const store = await openDiskStore();
  const author = content.somebody();
  const run = (document: string, input: unknown) => content.as(author).run(document, { input });
  const added = await content.subject(author);
  const { id: topicId } = await content.topic(author, added, 'A', { markdown: 'never changed' });
  const { id: changed } = await content.topic(author, added, 'B', { markdown: 'before' });
  await content.topic(author, added, 'Empty');
  const { importSubject } = await run(
    'mutation ($input: ImportSubjectInput!) { importSubject(input: $input) { ... on ImportSubjectSuccess { subject { id } } } }',
    { markdown: '# Bees\n\nAbout\n\n## Hives\n\nMany\n\n## Hives\n\nMany\n' },
  );
  await run('mutation ($input: CopyTopicInput!) { copyTopic(input: $input) { __typename } }', {
    topicId,
  });
  const { saveSubjectVersion } = await run(
    'mutation ($input: SaveSubjectVersionInput!) { saveSubjectVersion(input: $input) { ... on SaveSubjectVersionSuccess { version { id } } } }',
    { subjectId: added, name: 'first' },
  );
  const { forkSubjectVersion } = await run(
    'mutation ($input: ForkSubjectVersionInput!) { forkSubjectVersion(input: $input) { ... on ForkSubjectVersionSuccess { subject { id } } } }',
    { versionId: saveSubjectVersion.version.id },
  );
  const subjects = [added, importSubject.subject.id, forkSubjectVersion.subject.id];
  const recount = async () => {
    const [row] = await db.client.$queryRawUnsafe<{ missing: number; hashes: string[] }[]>(
      RECOUNT,
      subjects,
    );
    return row;
  };
  expect((await recount())?.missing).toBeGreaterThan(6);
  while ((await storeTopicTexts(db, store)) > 0);
  expect((await recount())?.missing).toBe(0);
  await run('mutation ($input: UpdateTopicInput!) { updateTopic(input: $input) { __typename } }', {
    topicId: changed,
    markdown: 'after',
  });
  expect((await recount())?.missing).toBe(1);
  // Two servers, and somebody who writes meanwhile.
  await Promise.all([storeTopicTexts(db, store), storeTopicTexts(db, store)]);
  const { missing, hashes = [] } = (await recount()) ?? {};
  expect(missing).toBe(0);
  for (const sha256 of hashes) {
    const file = Buffer.from((await store.get(`md/${sha256}`)) ?? []).toString();
    expect(describeText(file).sha256).toBe(sha256);
  }
  expect(await collectOrphans(db, store, new Date(Date.now() + 1000))).toBe(0);
});

test('while the store is away writers go on, and what they wrote gets there later', async () => {
  const db = openDatabase();
  const store = await openDiskStore();
  const author = content.somebody();
  const subjectId = await content.subject(author);
  const { id: topicId } = await content.topic(author, subjectId, 'A', { markdown: 'one' });
  const hashOf = async () =>
    (await db.client.topic.findUniqueOrThrow({ where: { id: topicId } })).fileSha256;
  const broken: ObjectStore = { ...store, describe: () => Promise.reject(new Error('away')) };
  await expect(storeTopicTexts(db, broken)).rejects.toThrow('away');
  const update =
    'mutation ($input: UpdateTopicInput!) { updateTopic(input: $input) { __typename } }';
  // The text changes while its file is on the way: what was put is not what the topic has.
  const slow: ObjectStore = {
    ...store,
    put: async (...file) => {
      await content.as(author).run(update, { input: { topicId, markdown: 'two' } });
      await store.put(...file);
    },
  };
  await storeTopicTexts(db, slow);
  expect(await hashOf()).toBeNull();
  while ((await storeTopicTexts(db, store)) > 0);
  expect(await hashOf()).toBe(describeText('two').sha256);
});
