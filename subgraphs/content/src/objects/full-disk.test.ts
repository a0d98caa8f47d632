import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { createDatabase } from '@civitas/platform/database';
import { connectObjectStore, type ObjectStore } from '@civitas/platform/objects';
import type { UserViewer } from '@civitas/platform/subgraph';
import { zipSync } from 'fflate';
import { afterAll, expect, test, vi } from 'vitest';
import { PrismaClient } from '../generated/prisma/client.ts';
import { askForFile } from '../testing/send-file.ts';
import { useContent } from '../testing/use-content.ts';
import { moveTexts } from './move-texts.ts';
import { startFilesServer } from './test/start-files-server.ts';

const directory = await mkdtemp(join(tmpdir(), 'civitas-full-'));
afterAll(() => rm(directory, { recursive: true, maxRetries: 10 }));
const url = pathToFileURL(directory).href;
const objects = connectObjectStore({ url }) as ObjectStore;
const content = useContent({ objects });

const mutation = (name: string, selection: string) => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return `mutation ($input: ${type}Input!) { ${name}(input: $input) {
    __typename ... on ${type}Success { ${selection} } } }`;
};
const START = mutation('startAttachmentUpload', 'upload { id url }');
const FINISH = mutation('finishAttachmentUpload', 'attachment { sha256 url }');
const START_IMPORT = mutation('startSubjectImport', 'upload { id url }');
const IMPORT = mutation('importSubjectFile', 'subject { id }');
const EXPORT = mutation('exportSubjectArchive', 'archive { url bytes }');
const UPDATE = mutation('updateTopic', 'topic { id }');
const MINE = `query ($id: ID!) { _entities(representations: [{ __typename: "User", id: $id }]) {
  ... on User { subjects { edges { node { id } } } } } }`;
const READ =
  'query ($id: ID!) { topic(id: $id) { attachments { edges { node { sha256 } } } revisions { edges { node { markdown } } } } }';

/** What the limited server can write, and a file that is more. */
const MAX_KIB = 64;
const LARGE = Buffer.from(`%PDF-1.7\n${'law '.repeat(50_000)}\nendobj\ntrailer\n%%EOF\n`);
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const hashOfText = (text: string) => hashOf(Buffer.from(text));

async function openUpload(viewer: UserViewer, document: string, input: Record<string, unknown>) {
  const { startAttachmentUpload, startSubjectImport } = await content
    .as(viewer)
    .run(document, { input });
  return (startAttachmentUpload ?? startSubjectImport).upload as { id: string; url: string };
}

const arrive = async (address: string, file: Buffer) =>
  expect((await askForFile(content.subgraph, 'PUT', address, file)).status).toBe(204);

/** Every file in the store, half-written ones included. */
const filesOf = async (folder: string) =>
  (await readdir(join(directory, folder), { recursive: true, withFileTypes: true }).catch(() => []))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

test('a full disk is told as such, leaves nothing half written, loses no text, and all goes on when there is room', async () => {
  const author = content.somebody();
  const subjectId = await content.subject(author);
  const { id: topicId } = await content.topic(author, subjectId, 'Hives', { markdown: 'first' });
  const attaching = { topicId, name: 'law.pdf', bytes: LARGE.length };
  const full = await startFilesServer(
    {
      ...{ databaseUrl: content.databaseUrl, store: { url }, stopsAt: [], isCollecting: false },
      secret: 'a secret of tests, 32 characters or more',
    },
    MAX_KIB,
  );

  const unsent = await openUpload(author, START, attaching);
  expect(await full.send(unsent.url, LARGE.length)).toBe('STORAGE_FULL');
  expect(await filesOf('incoming')).toEqual([]);

  const sent = await openUpload(author, START, attaching);
  await arrive(sent.url, LARGE);
  const finish = { input: { uploadId: sent.id } };
  expect(await full.codes(author, FINISH, finish)).toEqual(['STORAGE_FULL']);

  const archive = Buffer.from(
    zipSync({ 'a.md': Buffer.from('[](x.pdf)'), 'x.pdf': LARGE }, { level: 0 }),
  );
  const imported = await openUpload(author, START_IMPORT, {
    ...{ fileName: 'bees.zip', bytes: archive.length },
  });
  await arrive(imported.url, archive);
  const importing = { input: { uploadId: imported.id } };
  expect(await full.codes(author, IMPORT, importing)).toEqual(['STORAGE_FULL']);

  const long = 'a long text '.repeat(10_000);
  await full.run(author, UPDATE, { input: { topicId, markdown: long } });
  const readBy = async (run: typeof full.run) => (await run(author, READ, { id: topicId })).topic;
  const texts = ({ revisions }: { revisions: { edges: { node: { markdown: string } }[] } }) =>
    revisions.edges.map(({ node }) => node.markdown);
  const seen = await readBy(full.run);
  expect(seen.attachments.edges).toEqual([]);
  expect(texts(seen).map(hashOfText)).toEqual([long, 'first'].map(hashOfText));
  expect(await filesOf('file')).toEqual([]);
  const mine = async () =>
    (await full.run(author, MINE, { id: author.id }))._entities[0].subjects.edges.length;
  expect(await mine()).toBe(1);

  // There is room again: what was refused is asked for once more.
  const run = (document: string, variables: Record<string, unknown>) =>
    content.as(author).run(document, variables);
  const { attachment } = (await run(FINISH, finish)).finishAttachmentUpload;
  expect((await run(IMPORT, importing)).importSubjectFile.__typename).toBe(
    'ImportSubjectFileSuccess',
  );
  expect(await mine()).toBe(2);
  expect(await full.codes(author, EXPORT, { input: { subjectId } })).toEqual(['STORAGE_FULL']);
  expect(await filesOf('export')).toEqual([]);
  const exported = (await run(EXPORT, { input: { subjectId } })).exportSubjectArchive.archive;
  for (const [address, check] of [
    [attachment.url, (file: Buffer) => expect(hashOf(file)).toBe(hashOf(LARGE))],
    [exported.url, (file: Buffer) => expect(file.length).toBe(exported.bytes)],
  ] as const) {
    const { body } = await askForFile(content.subgraph, 'GET', address);
    check(await buffer(body as Readable));
  }
  const db = createDatabase({
    url: content.databaseUrl,
    createClient: (adapter) => new PrismaClient({ adapter }),
  });
  // The other server still tries, and may be at some of them.
  await vi.waitUntil(
    async () => {
      await moveTexts(db, objects);
      return (await db.client.textObject.count()) === 0;
    },
    { timeout: 20_000 },
  );
  await db.close();
  const after = await readBy((viewer, ...asked) => content.as(viewer as UserViewer).run(...asked));
  expect(texts(after).map(hashOfText)).toEqual([long, 'first'].map(hashOfText));
  for (const folder of ['file', 'md']) {
    // What it is trying to write has another name, which nobody asks for.
    for (const name of (await filesOf(folder)).filter((each) => /^[0-9a-f]{64}$/v.test(each))) {
      expect(hashOf((await objects.get(`${folder}/${name}`)) ?? Buffer.of())).toBe(name);
    }
  }
  await full.kill();
});
