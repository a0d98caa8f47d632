import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { connectObjectStore, type ObjectStore } from '@civitas/platform/objects';
import { isStream, subscribeOnSubgraph, type UserViewer } from '@civitas/platform/subgraph';
import { strToU8, unzipSync, zipSync } from 'fflate';
import pg from 'pg';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askForFile } from '../testing/send-file.ts';
import { useContent } from '../testing/use-content.ts';
import { makeRoomForArchive } from './make-room.ts';

const directory = await mkdtemp(join(tmpdir(), 'civitas-archives-'));
afterAll(() => rm(directory, { recursive: true, maxRetries: 10 }));
const store = connectObjectStore({ url: pathToFileURL(directory).href }) as ObjectStore;
/** What is done while a file of this hash is put. */
const whilePut = new Map<string, () => Promise<void>>();
const content = useContent({
  objects: {
    ...store,
    put: async (key, ...file) => {
      await whilePut.get(key.split('/')[0] ?? '')?.();
      await store.put(key, ...file);
    },
  },
});

let database: pg.Client;
beforeAll(async () => {
  database = new pg.Client({ connectionString: content.databaseUrl });
  await database.connect();
  return () => database.end();
});

const START = /* GraphQL */ `
  mutation ($input: StartSubjectImportInput!) {
    startSubjectImport(input: $input) {
      __typename
      ... on StartSubjectImportSuccess { upload { id url } }
    }
  }
`;
const IMPORT = /* GraphQL */ `
  mutation ($input: ImportSubjectFileInput!) {
    importSubjectFile(input: $input) {
      __typename
      ... on ImportSubjectFileSuccess { subject { id } }
      ... on ImportRefused { reason message path }
      ... on FileUploadNotFound { isOpen }
      ... on AttachmentsFull { maxBytes }
      ... on InvalidInput { path }
    }
  }
`;
const EXPORT = /* GraphQL */ `
  mutation ($input: ExportSubjectArchiveInput!) {
    exportSubjectArchive(input: $input) {
      __typename
      ... on ExportSubjectArchiveSuccess { archive { fileName bytes url } }
    }
  }
`;
const TREE = /* GraphQL */ `
  query ($id: ID!) {
    subject(id: $id) {
      title
      description
      topics {
        title
        depth
        markdown
        html
        attachments(first: 100) {
          edges { node { name altText mediaType bytes width height sha256 uploadedBy { id } } }
        }
      }
    }
  }
`;
const ATTACH = /* GraphQL */ `
  mutation ($input: FinishAttachmentUploadInput!) {
    finishAttachmentUpload(input: $input) {
      ... on FinishAttachmentUploadSuccess { attachment { sha256 reference } }
    }
  }
`;
const START_ATTACHING = /* GraphQL */ `
  mutation ($input: StartAttachmentUploadInput!) {
    startAttachmentUpload(input: $input) {
      ... on StartAttachmentUploadSuccess { upload { id url } }
    }
  }
`;
const UPDATE = 'mutation ($input: UpdateTopicInput!) { updateTopic(input: $input) { __typename } }';

const run = (viewer: UserViewer, document: string, input: unknown) =>
  content.as(viewer).run(document, { input });

async function upload(viewer: UserViewer, file: Buffer, fileName = 'bees.zip') {
  const { startSubjectImport } = await run(viewer, START, { fileName, bytes: file.length });
  const { id, url } = startSubjectImport.upload;
  expect((await askForFile(content.subgraph, 'PUT', url, file)).status).toBe(204);
  return id as string;
}

async function importFile(viewer: UserViewer, file: Buffer, more: Record<string, unknown> = {}) {
  const uploadId = await upload(viewer, file);
  return (await run(viewer, IMPORT, { uploadId, ...more })).importSubjectFile;
}

async function download(viewer: UserViewer, subjectId: string): Promise<Buffer> {
  const { exportSubjectArchive } = await run(viewer, EXPORT, { subjectId });
  const { archive } = exportSubjectArchive;
  const { headers, body } = await askForFile(content.subgraph, 'GET', archive.url);
  expect(headers).toMatchObject({ 'content-type': 'application/zip' });
  expect(headers?.['content-disposition']).toMatch(/^attachment; filename="[a-z-]+\.zip"/);
  const file = await buffer(body as Readable);
  expect(file.length).toBe(archive.bytes);
  return file;
}

const treeOf = async (viewer: UserViewer, id: string) =>
  (await content.as(viewer).run(TREE, { id })).subject;

const picture = (color: string) =>
  sharp({ create: { width: 30, height: 20, channels: 3, background: color } })
    .withExif({ IFD0: { Artist: 'somebody at home' } })
    .jpeg()
    .toBuffer();
const PDF = Buffer.from('%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n');

async function attach(author: UserViewer, topicId: string, file: Buffer, altText: string) {
  const opened = await run(author, START_ATTACHING, {
    ...{ topicId, name: 'a "hive" 🐝.jpg', bytes: file.length },
  });
  const { id, url } = opened.startAttachmentUpload.upload;
  await askForFile(content.subgraph, 'PUT', url, file);
  const { finishAttachmentUpload } = await run(author, ATTACH, { uploadId: id, altText });
  return finishAttachmentUpload.attachment as { sha256: string; reference: string };
}

/** A subject with pictures that its texts show in every way, a PDF, and one file in two topics. */
async function newLibrary(author: UserViewer) {
  const subjectId = await content.subject(author, { title: 'Bees' });
  const hives = await content.topic(author, subjectId, 'Hives');
  const inner = await content.topic(author, subjectId, 'Frames', { parentId: hives.id });
  const file = await picture('orange');
  const shown = await attach(author, hives.id, file, 'A hive in "May"');
  await attach(author, inner.id, file, '');
  const law = await attach(author, inner.id, PDF, '');
  const { reference } = shown;
  const other = `attachment:${'0'.repeat(64)}`;
  const markdown = [
    `![a](${reference}) [b](<${reference}> "title") ![gone](${other})`,
    `\`${reference}\` and [this][ref]\n\n[ref]: ${law.reference}\n`,
    '```\n![code](picture.png)\n```\n---\nattachments: [1]\n---\n',
  ].join('\n\n');
  await run(author, UPDATE, { topicId: hives.id, markdown });
  await run(author, UPDATE, { topicId: inner.id, markdown: `![](${reference})` });
  return { subjectId, shown };
}

test('a subject with pictures and PDFs goes through an archive and comes back equal', async () => {
  const author = content.somebody();
  const { subjectId, shown } = await newLibrary(author);
  const archive = await download(author, subjectId);
  const files = unzipSync(archive);
  expect(Object.keys(files).toSorted()).toEqual([
    '01-hives.md',
    '01-hives/01-frames.md',
    'README.md',
    expect.stringMatching(/^attachments\/[0-9a-f]{64}\.(?:jpg|pdf)$/),
    expect.stringMatching(/^attachments\/[0-9a-f]{64}\.(?:jpg|pdf)$/),
  ]);
  // Other programs find the pictures.
  const read = (path: string) => Buffer.from(files[path] ?? []).toString();
  expect(read('01-hives.md')).toContain(`![a](attachments/${shown.sha256}.jpg)`);
  expect(read('01-hives/01-frames.md')).toContain(`![](../attachments/${shown.sha256}.jpg)`);
  const { subject } = await importFile(author, archive);
  const [original, again] = await Promise.all([
    treeOf(author, subjectId),
    treeOf(author, subject.id),
  ]);
  expect(again).toEqual(original);
  expect(again.topics[0].html).toContain(`/files/${shown.sha256}?`);
  const back = await download(author, subject.id);
  expect(back.equals(archive)).toBe(true);
});

test('an archive of somebody else becomes topics with the pictures that they link to, looked at anew', async () => {
  const author = content.somebody();
  const photo = await picture('teal');
  expect(photo.includes('at home')).toBe(true);
  const archive = zipSync({
    'notes/README.md': strToU8('# Notes\n'),
    'notes/hives/index.md': strToU8(
      '![](../img/my%20hive.png "x") ![](<../img/my hive.png>) ![](img/none.png) ![](../img/a.svg)',
    ),
    'notes/img/my hive.png': photo,
    'notes/img/a.svg': strToU8('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    'notes/img/unused.png': strToU8('no picture'),
  });
  const { subject } = await importFile(author, Buffer.from(archive));
  const { topics } = await treeOf(author, subject.id);
  const [{ node }, ...others] = topics[0].attachments.edges;
  expect(others).toEqual([]);
  expect(node).toMatchObject({
    ...{ name: 'my hive.png', mediaType: 'image/jpeg', width: 30, height: 20 },
    uploadedBy: { id: author.id },
  });
  const reference = `attachment:${node.sha256}`;
  expect(topics[0].markdown).toBe(
    `![](${reference} "x") ![](<${reference}>) ![](img/none.png) ![](../img/a.svg)`,
  );
  const kept = Buffer.from((await store.get(`file/${node.sha256}`)) ?? []);
  expect(kept.includes('at home')).toBe(false);
});

const declared = (file: string) =>
  strToU8(`---\nattachments: [{"file":"${file}","name":"x","altText":""}]\n---\n`);

test.each([
  [
    'a script that is called a picture',
    { 'a.md': declared('x.png'), 'x.png': strToU8('<script>') },
    'NOT_READABLE',
  ],
  ['a file that is not there', { 'a.md': declared('x.png') }, 'NOT_READABLE'],
  ['an empty picture', { 'a.md': strToU8('![](x.png)'), 'x.png': new Uint8Array() }, null],
  ['a file outside', { 'a.md': declared('../../etc/passwd') }, null],
  [
    'a PDF without an end',
    { 'a.md': strToU8('[](x.pdf)'), 'x.pdf': strToU8('%PDF-1.7 x') },
    'NOT_READABLE',
  ],
  [
    'a file of 21 MiB',
    { 'a.md': strToU8('[](x.pdf)'), 'x.pdf': new Uint8Array(21 << 20) },
    'TOO_LARGE',
  ],
  ['a name that leads out', { '../a.png': strToU8('x'), 'a.md': strToU8('x') }, 'UNSAFE'],
] as const)(
  'of an archive with %s nothing is attached that is not one',
  async (_, files, reason) => {
    const author = content.somebody();
    const result = await importFile(author, Buffer.from(zipSync(files)));
    const tree = result.subject ? await treeOf(author, result.subject.id) : null;
    const attached = tree?.topics[0].attachments.edges.length ?? 0;
    expect({ reason: result.reason ?? null, attached }).toEqual({ reason, attached: 0 });
  },
);

test('more files than a subject may have are refused before one is looked at', async () => {
  const paths = Array.from({ length: 501 }, (_, index) => `${index}.png`);
  const links = paths.map((path) => `![](${path})`).join('\n');
  const files = Object.fromEntries(paths.map((path) => [path, strToU8('x')]));
  const archive = zipSync({ 'a.md': strToU8(links), ...files });
  expect(await importFile(content.somebody(), Buffer.from(archive))).toMatchObject({
    __typename: 'AttachmentsFull',
  });
});

test('one upload becomes one subject, however often and whoever asks at once, and only for who sent it', async () => {
  const author = content.somebody();
  const archive = zipSync({ 'only-here.md': strToU8('one upload') });
  const uploadId = await upload(author, Buffer.from(archive));
  const stranger = await run(content.somebody(), IMPORT, { uploadId });
  expect(stranger.importSubjectFile).toEqual({ __typename: 'FileUploadNotFound', isOpen: false });
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => run(author, IMPORT, { uploadId })),
  );
  const ids = answers.map(({ importSubjectFile }) => importSubjectFile.subject.id);
  expect(new Set(ids).size).toBe(1);
  const again = await run(author, IMPORT, { uploadId });
  expect(again.importSubjectFile.subject.id).toBe(ids[0]);
  const waiting = await Array.fromAsync(store.list('incoming'), ({ bytes }) => bytes);
  expect(waiting).not.toContain(archive.length);
});

test('what has not arrived, and who gives both or neither, is told so', async () => {
  const author = content.somebody();
  const start = () => run(author, START, { fileName: 'bees.zip', bytes: 10 });
  const { startSubjectImport } = await start();
  const uploadId = startSubjectImport.upload.id;
  const ask = async (input: unknown) => (await run(author, IMPORT, input)).importSubjectFile;
  expect(await ask({ uploadId })).toEqual({ __typename: 'FileUploadNotFound', isOpen: true });
  await database.query('UPDATE import_upload SET expires_at = now() WHERE id = $1', [uploadId]);
  expect(await ask({ uploadId })).toEqual({ __typename: 'FileUploadNotFound', isOpen: false });
  for (const input of [{}, { uploadId, file: 'YQ==' }, { file: 'YQ==' }, { uploadId: 'upl_1' }]) {
    expect(await ask(input)).toMatchObject({ __typename: 'InvalidInput' });
  }
  const { startSubjectImport: large } = await run(author, START, {
    ...{ fileName: 'bees.zip', bytes: 221 << 20 },
  });
  expect(large.__typename).toBe('InvalidInput');
});

test('of uploads that nobody imports the oldest gives way to a new one; those that a server is at do not', async () => {
  const author = content.somebody();
  const archive = Buffer.from(zipSync({ 'a.md': strToU8('given up') }));
  const oldest = await upload(author, archive);
  const { rows } = await database.query(
    'SELECT object_key AS key FROM import_upload WHERE id = $1',
    [oldest],
  );
  const { key } = rows[0] as { key: string };
  expect(await store.describe(key)).not.toBeNull();
  const others = [await upload(author, archive), await upload(author, archive)];
  const isOpen = async (uploadId: string) =>
    (await run(author, IMPORT, { uploadId })).importSubjectFile.isOpen;
  const start = async () =>
    (await run(author, START, { fileName: 'bees.zip', bytes: 10 })).startSubjectImport;
  const holdAll = (until: Date) =>
    database.query('UPDATE import_upload SET worked_until = $1 WHERE user_id = $2', [
      until,
      author.id,
    ]);
  await holdAll(new Date(Date.now() + 60_000));
  expect((await start()).__typename).toBe('TooManyUploads');
  // As a server leaves them that died.
  await holdAll(new Date(0));
  expect((await start()).__typename).toBe('StartSubjectImportSuccess');
  expect(await isOpen(oldest)).toBe(false);
  expect(await store.describe(key)).toBeNull();
  for (const uploadId of others) {
    const { importSubjectFile } = await run(author, IMPORT, { uploadId });
    expect(importSubjectFile.__typename).toBe('ImportSubjectFileSuccess');
  }
});

test('an import says which files it looks at and what became of it, and nothing is seen before its end', async () => {
  const author = content.somebody();
  const archive = zipSync({ 'a.md': strToU8('![](x.jpg)'), 'x.jpg': await picture('navy') });
  const uploadId = await upload(author, Buffer.from(archive));
  const stream = await subscribeOnSubgraph(
    content.subgraph,
    {
      query:
        'subscription { subjectImportProgress(importId: "one") { stage done total subject { id } } }',
    },
    { viewer: author, requestId: randomUUID(), signal: AbortSignal.timeout(20_000) },
  );
  if (!isStream(stream)) throw new Error('Not followed.');
  const MINE =
    'query ($id: ID!) { _entities(representations: [{ __typename: "User", id: $id }]) { ... on User { subjects(first: 1) { edges { node { id } } } } } }';
  let seenMeanwhile: unknown;
  whilePut.set('file', async () => {
    const { _entities } = await content.as(author).run(MINE, { id: author.id });
    seenMeanwhile = _entities[0].subjects.edges;
  });
  const { importSubjectFile } = await run(author, IMPORT, { uploadId, importId: 'one' });
  whilePut.clear();
  expect(seenMeanwhile).toEqual([]);
  const told = await Array.fromAsync(stream, ({ data }) => data?.['subjectImportProgress']);
  expect(told).toContainEqual({ stage: 'ATTACHING', done: 1, total: 1, subject: null });
  expect(told.at(-1)).toEqual({
    ...{ stage: 'DONE', done: 1, total: 1 },
    subject: { id: importSubjectFile.subject.id },
  });
});

test('strangers get no archive of a private subject, readers one without solutions', async () => {
  const author = content.somebody();
  const subjectId = await content.subject(author, { visibility: 'PRIVATE' });
  const stranger = content.somebody();
  const { exportSubjectArchive } = await run(stranger, EXPORT, { subjectId });
  expect(exportSubjectArchive.__typename).toBe('SubjectNotFound');
  const open = await content.subject(author);
  const quiz = '```quiz\nWhich?\n\n- [x] this\n- [ ] that\n```\n';
  await content.topic(author, open, 'Q', { markdown: quiz });
  const textOf = async (viewer: UserViewer) =>
    Buffer.from(unzipSync(await download(viewer, open))['01-q.md'] ?? []).toString();
  expect(await textOf(author)).toContain('[x]');
  expect(await textOf(stranger)).not.toContain('[x]');
});

test('archives to be downloaded make way for newer ones, the oldest first', async () => {
  const key = (n: number) => `export/${String(n).repeat(64)}`;
  const made = [2, 1, 3].map((n) => ({ key: key(n), bytes: 100, putAt: new Date(n) }));
  const deleted: string[] = [];
  const objects = {
    ...store,
    list: async function* () {
      yield* made;
    },
    delete: async (gone: string) => void deleted.push(gone),
  };
  await makeRoomForArchive(objects, 100, 400);
  expect(deleted).toEqual([]);
  await makeRoomForArchive(objects, 101, 400);
  expect(deleted).toEqual([key(1)]);
  await makeRoomForArchive(objects, 350, 400);
  expect(deleted.slice(1)).toEqual([key(1), key(2), key(3)]);
});
