import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { createDatabase } from '@civitas/platform/database';
import { connectObjectStore, type ObjectStore } from '@civitas/platform/objects';
import type { HttpRouteAnswer, UserViewer } from '@civitas/platform/subgraph';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { PrismaClient } from '../generated/prisma/client.ts';
import { collectFiles, collectUnwanted } from '../objects/index.ts';
import { askForFile } from '../testing/send-file.ts';
import { useContent } from '../testing/use-content.ts';

// Long, because all of it needs one set-up that costs: a store of files, its door, a database and pictures made here.

const directory = await mkdtemp(join(tmpdir(), 'civitas-attachments-'));
afterAll(() => rm(directory, { recursive: true, maxRetries: 10 }));
const store = connectObjectStore({ url: pathToFileURL(directory).href }) as ObjectStore;
/** What is done before a file of this key is read from its beginning once more. */
const beforeReading = new Map<string, () => Promise<unknown>>();
const objects: ObjectStore = {
  ...store,
  read: async (key, range) => {
    if (range === undefined) await beforeReading.get(key)?.();
    return store.read(key, range);
  },
};
const content = useContent({ objects });

const START = /* GraphQL */ `
  mutation ($input: StartAttachmentUploadInput!) {
    startAttachmentUpload(input: $input) {
      __typename
      ... on StartAttachmentUploadSuccess { upload { id url } }
      ... on UserError { code path }
    }
  }
`;
const FINISH = /* GraphQL */ `
  mutation ($input: FinishAttachmentUploadInput!) {
    finishAttachmentUpload(input: $input) {
      __typename
      ... on FinishAttachmentUploadSuccess {
        attachment { id name altText mediaType bytes width height sha256 reference url uploadedBy { id } }
      }
      ... on FileRefused { reason }
      ... on FileUploadNotFound { isOpen }
    }
  }
`;
const LIST = /* GraphQL */ `
  query ($id: ID!) {
    topic(id: $id) { html attachments { edges { node { id name sha256 url } } } }
  }
`;

const picture = (color: string) =>
  sharp({ create: { width: 30, height: 20, channels: 3, background: color } })
    .withExif({ IFD0: { Artist: 'somebody at home' } })
    .jpeg()
    .toBuffer();
const PDF = Buffer.from('%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n');

const ask = (method: 'GET' | 'PUT', url: string, body?: Buffer): Promise<HttpRouteAnswer> =>
  askForFile(content.subgraph, method, url, body);

async function start(editor: UserViewer, topicId: string, bytes: number, name = 'hive.jpg') {
  const { startAttachmentUpload } = await content
    .as(editor)
    .run(START, { input: { topicId, name, bytes } });
  return startAttachmentUpload;
}

async function finish(editor: UserViewer, uploadId: string, altText = '') {
  return (await content.as(editor).run(FINISH, { input: { uploadId, altText } }))
    .finishAttachmentUpload;
}

async function upload(editor: UserViewer, topicId: string, file: Buffer, name?: string) {
  const { upload: opened } = await start(editor, topicId, file.length, name);
  expect((await ask('PUT', opened.url, file)).status).toBe(204);
  return finish(editor, opened.id);
}

async function attach(editor: UserViewer, topicId: string, file: Buffer) {
  const result = await upload(editor, topicId, file);
  expect(result.__typename).toBe('FinishAttachmentUploadSuccess');
  return result.attachment;
}

async function newTopic(author = content.somebody(), changes = {}) {
  const subjectId = await content.subject(author, changes);
  const topic = await content.topic(author, subjectId, 'Hives');
  return { author, subjectId, topicId: topic.id };
}

async function withDatabase<Result>(
  work: (db: ReturnType<typeof createDatabase<PrismaClient>>) => Promise<Result>,
): Promise<Result> {
  const db = createDatabase({
    url: content.databaseUrl,
    createClient: (adapter) => new PrismaClient({ adapter }),
  });
  return work(db).finally(() => db.close());
}
const inAnHour = () => new Date(Date.now() + 3_600_000);
const collect = () => withDatabase((db) => collectFiles(db, objects, inAnHour()));

test('a picture is attached without what its camera wrote, and shown where the text refers to it', async () => {
  const { author, topicId } = await newTopic();
  const file = await picture('orange');
  const attached = await attach(author, topicId, file);
  expect(attached).toMatchObject({
    name: 'hive.jpg',
    mediaType: 'image/jpeg',
    width: 30,
    height: 20,
    reference: `attachment:${attached.sha256}`,
    uploadedBy: { id: author.id },
  });
  const served = await ask('GET', attached.url);
  const bytes = await buffer(served.body as Readable);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(attached.sha256);
  expect([file.includes('at home'), bytes.includes('at home')]).toEqual([true, false]);
  const other = `attachment:${'0'.repeat(64)}`;
  const markdown = `![A hive](${attached.reference}) [it](${attached.reference}) ![gone](${other})`;
  await content
    .as(author)
    .run('mutation ($input: UpdateTopicInput!) { updateTopic(input: $input) { __typename } }', {
      input: { topicId, markdown },
    });
  const { topic } = await content.as().run(LIST, { id: topicId });
  const address = topic.attachments.edges[0].node.url.replaceAll('&', '&amp;');
  expect(topic.html).toContain(
    `<img src="${address}" alt="A hive" width="30" height="20" loading="lazy" />`,
  );
  expect(topic.html).toContain(`<a href="${address}"`);
  expect(topic.html).toContain('alt="gone"');
  expect(topic.html).not.toContain('attachment:');
});

test('a PDF stays as it is and is saved, not shown', async () => {
  const { author, topicId } = await newTopic();
  const { upload: opened } = await start(author, topicId, PDF.length, 'law.pdf');
  expect(await finish(author, opened.id)).toEqual({
    __typename: 'FileUploadNotFound',
    isOpen: true,
  });
  await ask('PUT', opened.url, PDF);
  const { attachment } = await finish(author, opened.id);
  expect(attachment).toMatchObject({
    mediaType: 'application/pdf',
    width: null,
    bytes: PDF.length,
  });
  const { headers, body } = await ask('GET', attachment.url);
  expect(headers?.['content-disposition']).toMatch(/^attachment; filename="law.pdf"/);
  expect(headers?.['content-security-policy']).toContain('sandbox');
  expect((await buffer(body as Readable)).equals(PDF)).toBe(true);
  // Who did not hear the answer asks again.
  expect((await finish(author, opened.id)).attachment.id).toBe(attachment.id);
});

test('what is not what it says, damaged, or too large is refused with the reason', async () => {
  const { author, topicId } = await newTopic();
  const png = await sharp(await picture('red'))
    .png()
    .toBuffer();
  const reasons = [];
  for (const file of [
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    Buffer.from('<!doctype html><script>alert(1)</script>'),
    png.subarray(0, png.length - 20),
    Buffer.concat([png.subarray(0, 16), Buffer.from('<script>alert(1)</script>')]),
    PDF.subarray(0, 20),
    Buffer.concat([png, Buffer.alloc(10 * 1024 * 1024)]),
  ]) {
    reasons.push((await upload(author, topicId, file, 'innocent.png')).reason);
  }
  expect(reasons).toEqual([
    'UNSUPPORTED_TYPE',
    'UNSUPPORTED_TYPE',
    'NOT_READABLE',
    'NOT_READABLE',
    'NOT_READABLE',
    'TOO_LARGE',
  ]);
  const inputs = [
    { bytes: 0 },
    { bytes: 20 * 1024 * 1024 + 1 },
    { name: '../../etc/passwd' },
    { name: 'a\u0000b' },
    { topicId: 'top_1' },
  ];
  for (const wrong of inputs) {
    const input = { topicId, name: 'hive.png', bytes: 10, ...wrong };
    const { startAttachmentUpload } = await content.as(author).run(START, { input });
    expect(startAttachmentUpload.__typename).toBe('InvalidInput');
  }
});

test('the same picture sent ten times at once is one file and one attachment', async () => {
  const { author, topicId } = await newTopic();
  const file = await picture('teal');
  const opened = await Promise.all(
    Array.from({ length: 10 }, () => start(author, topicId, file.length)),
  );
  await Promise.all(opened.map(({ upload: { url } }) => ask('PUT', url, file)));
  const results = await Promise.all(opened.map(({ upload: { id } }) => finish(author, id)));
  expect(new Set(results.map(({ attachment }) => attachment.id)).size).toBe(1);
  const files = await Array.fromAsync(objects.list('file'));
  const { sha256 } = results[0].attachment;
  expect(files.filter(({ key }) => key === `file/${sha256}`)).toHaveLength(1);
  expect(await Array.fromAsync(objects.list('incoming'))).not.toContainEqual(
    expect.objectContaining({ bytes: file.length }),
  );
});

test('who asks twice to finish an upload gets its attachment twice, also while one is being looked at', async () => {
  const { author, topicId } = await newTopic();
  const file = Buffer.from(PDF.toString().replace('1 0', '7 0'));
  const { upload: opened } = await start(author, topicId, file.length);
  await ask('PUT', opened.url, file);
  const [, name = ''] = /uploads\/(\w+)/.exec(opened.url) ?? [];
  const key = `incoming/${name}`;
  const quicker = Promise.withResolvers<{ attachment: { id: string } }>();
  beforeReading.set(key, async () => {
    beforeReading.delete(key);
    quicker.resolve(await finish(author, opened.id));
  });
  const slower = await finish(author, opened.id);
  const { attachment } = await quicker.promise;
  expect(await objects.describe(key)).toBeNull();
  expect(slower.attachment.id).toBe(attachment.id);
});

test('only editors upload, viewers see, and for strangers a private subject has nothing', async () => {
  const { author, topicId } = await newTopic(content.somebody(), { visibility: 'PRIVATE' });
  const stranger = content.somebody();
  const { id } = await attach(author, topicId, await picture('navy'));
  expect(await start(stranger, topicId, 10)).toMatchObject({ __typename: 'TopicNotFound' });
  expect((await content.as(stranger).run(LIST, { id: topicId })).topic).toBeNull();
  const { upload: opened } = await start(author, topicId, 10);
  expect((await finish(stranger, opened.id)).__typename).toBe('FileUploadNotFound');
  const remove =
    'mutation ($input: DeleteAttachmentInput!) { deleteAttachment(input: $input) { __typename } }';
  const input = { attachmentId: id };
  const { deleteAttachment } = await content.as(stranger).run(remove, { input });
  expect(deleteAttachment.__typename).toBe('AttachmentNotFound');
  const open = await newTopic();
  const codes = await content
    .as(stranger)
    .codes(START, { input: { topicId: open.topicId, name: 'x', bytes: 1 } });
  expect(codes).toEqual(['FORBIDDEN']);
  expect(await content.as().codes(START, { input: { topicId, name: 'x', bytes: 1 } })).toEqual([
    'UNAUTHENTICATED',
  ]);
});

test('uploads that are begun and not finished are bounded', async () => {
  const { author, topicId } = await newTopic();
  const { upload: first } = await start(author, topicId, 10);
  for (let each = 1; each < 20; each += 1) await start(author, topicId, 10);
  expect(await start(author, topicId, 10)).toMatchObject({ __typename: 'TooManyUploads' });
  await withDatabase((db) =>
    db.client.attachmentUpload.updateMany({
      where: { userId: author.id },
      data: { expiresAt: new Date(0) },
    }),
  );
  expect(await finish(author, first.id)).toMatchObject({ isOpen: false });
  expect(await start(author, topicId, 10)).toMatchObject({
    __typename: 'StartAttachmentUploadSuccess',
  });
});

test('what a subject and a person may have is bounded, whoever is quicker', async () => {
  const { author, topicId, subjectId } = await newTopic();
  const row = (index: number) => ({
    id: `att_${String(index).padStart(26, '0')}`,
    ...{
      topicId,
      subjectId,
      name: 'x',
      altText: '',
      mediaType: 'application/pdf',
      uploadedBy: author.id,
    },
    sha256: createHash('sha256').update(`${topicId}${index}`).digest('hex'),
    bytes: 10,
    createdAt: new Date(),
  });
  const full = Array.from({ length: 499 }, (_, index) => row(index));
  await withDatabase((db) => db.client.topicAttachment.createMany({ data: full }));
  const files = await Promise.all(['red', 'green', 'blue'].map(picture));
  const opened = await Promise.all(files.map(({ length }) => start(author, topicId, length)));
  await Promise.all(opened.map(({ upload: { url } }, index) => ask('PUT', url, files[index])));
  const kinds = await Promise.all(
    opened.map(async ({ upload: { id } }) => (await finish(author, id)).__typename),
  );
  expect(kinds.toSorted()).toEqual([
    'AttachmentsFull',
    'AttachmentsFull',
    'FinishAttachmentUploadSuccess',
  ]);
  await withDatabase((db) =>
    db.client.topicAttachment.updateMany({ where: { topicId }, data: { bytes: 3 * 1024 * 1024 } }),
  );
  const elsewhere = await newTopic(author);
  expect(await start(author, elsewhere.topicId, 10)).toMatchObject({
    __typename: 'AttachmentsFull',
  });
  // 201 MiB are much for a subject, and little for a person.
  const kept = full.slice(0, 67).map(({ id }) => id);
  await withDatabase((db) =>
    db.client.topicAttachment.deleteMany({ where: { topicId, id: { notIn: kept } } }),
  );
  expect((await start(author, elsewhere.topicId, 10)).__typename).toMatch(/Success$/);
  expect((await start(author, topicId, 10)).__typename).toBe('AttachmentsFull');
  const copy = 'mutation ($input: CopyTopicInput!) { copyTopic(input: $input) { __typename } }';
  const { copyTopic } = await content.as(author).run(copy, { input: { topicId } });
  expect(copyTopic.__typename).toBe('AttachmentsFull');
});

test('copies, merged and split topics, versions and forks share files, which stay while anybody has them', async () => {
  const { author, topicId, subjectId } = await newTopic();
  const { reference, sha256, id } = await attach(author, topicId, await picture('gold'));
  const run = (document: string, variables: Record<string, unknown>) =>
    content.as(author).run(document, variables);
  const markdown = `one\n\n![](${reference})`;
  await run('mutation ($input: UpdateTopicInput!) { updateTopic(input: $input) { __typename } }', {
    input: { topicId, markdown },
  });
  const { saveSubjectVersion } = await run(
    'mutation ($input: SaveSubjectVersionInput!) { saveSubjectVersion(input: $input) { ... on SaveSubjectVersionSuccess { version { id topics { attachments { sha256 name } } } } } }',
    { input: { subjectId, name: 'first' } },
  );
  const { version } = saveSubjectVersion;
  expect(version.topics).toEqual([{ attachments: [{ sha256, name: 'hive.jpg' }] }]);
  const has = async (id: string) => {
    const { topic } = await run(LIST, { id });
    return topic.attachments.edges.map(({ node }: { node: { sha256: string } }) => node.sha256);
  };
  const other = await content.subject(author);
  const { copyTopic } = await run(
    'mutation ($input: CopyTopicInput!) { copyTopic(input: $input) { ... on CopyTopicSuccess { topic { id html } } } }',
    { input: { topicId, subjectId: other } },
  );
  expect(await has(copyTopic.topic.id)).toEqual([sha256]);
  expect(copyTopic.topic.html).toContain(`/files/${sha256}`);
  const { splitTopic } = await run(
    'mutation ($input: SplitTopicInput!) { splitTopic(input: $input) { ... on SplitTopicSuccess { newTopic { id } } } }',
    { input: { topicId, at: 5, title: 'Two' } },
  );
  expect(await has(splitTopic.newTopic.id)).toEqual([sha256]);
  const plain = await content.topic(author, subjectId, 'Plain');
  await run('mutation ($input: MergeTopicsInput!) { mergeTopics(input: $input) { __typename } }', {
    input: { intoId: plain.id, fromId: splitTopic.newTopic.id },
  });
  expect(await has(plain.id)).toEqual([sha256]);
  await run(
    'mutation ($input: DeleteAttachmentInput!) { deleteAttachment(input: $input) { __typename } }',
    {
      input: { attachmentId: id },
    },
  );
  await withDatabase(async (db) => {
    await db.client.topicAttachment.deleteMany({ where: { sha256 } });
    await collectFiles(db, objects, inAnHour());
  });
  expect(await objects.describe(`file/${sha256}`)).not.toBeNull();
  const { forkSubjectVersion } = await run(
    'mutation ($input: ForkSubjectVersionInput!) { forkSubjectVersion(input: $input) { ... on ForkSubjectVersionSuccess { subject { topics { html } } } } }',
    { input: { versionId: version.id } },
  );
  expect(forkSubjectVersion.subject.topics[0].html).toContain(`/files/${sha256}`);
  await withDatabase((db) => db.client.subject.deleteMany({ where: { authorId: author.id } }));
  await collect();
  expect(await objects.describe(`file/${sha256}`)).toBeNull();
});

test('a file is not collected between its naming and its row, and is when nobody came back', async () => {
  const { author, topicId } = await newTopic();
  const file = await picture('plum');
  const { upload: opened } = await start(author, topicId, file.length);
  await ask('PUT', opened.url, file);
  const { attachment } = await finish(author, opened.id);
  const key = `file/${attachment.sha256}`;
  await withDatabase(async (db) => {
    // As a process leaves it that dies before it writes the row.
    await db.client.topicAttachment.deleteMany({ where: { id: attachment.id } });
    await collectFiles(db, objects, inAnHour());
    expect(await objects.describe(key)).not.toBeNull();
    await db.client.attachmentUpload.updateMany({
      where: { id: opened.id },
      data: { expiresAt: new Date(0) },
    });
    await collectFiles(db, objects, new Date(0));
    expect(await objects.describe(key)).not.toBeNull();
    await collectFiles(db, objects, inAnHour());
    expect(await objects.describe(key)).toBeNull();
  });
});

test('what is sent to an address after its file was looked at is not kept under the name of that one', async () => {
  const { author, topicId } = await newTopic();
  const mine = Buffer.from(PDF.toString().replace('1 0 obj', '2 0 obj'));
  const other = Buffer.from(PDF.toString().replace('1 0 obj', '<evil/>'));
  const { upload: opened } = await start(author, topicId, mine.length);
  await ask('PUT', opened.url, mine);
  const [, name = ''] = /uploads\/(\w+)/.exec(opened.url) ?? [];
  let reads = 0;
  beforeReading.set(`incoming/${name}`, async () => {
    reads += 1;
    if (reads === 2) await ask('PUT', opened.url, other);
  });
  expect(await finish(author, opened.id)).toMatchObject({ reason: 'NOT_READABLE' });
  expect(reads).toBe(2);
  const sha256 = createHash('sha256').update(mine).digest('hex');
  expect(await objects.describe(`file/${sha256}`)).toBeNull();
});

test('an address is good for nothing when its file is attached, its time over or its topic gone', async () => {
  const { author, topicId } = await newTopic();
  const { upload: opened } = await start(author, topicId, PDF.length);
  await ask('PUT', opened.url, PDF);
  await finish(author, opened.id);
  const gone = { code: 'FILE_ADDRESS_NOT_VALID' };
  await expect(ask('PUT', opened.url, PDF)).rejects.toMatchObject(gone);
  const waiting = (await start(author, topicId, PDF.length)).upload;
  await ask('PUT', waiting.url, PDF);
  const stored = async () =>
    (await Array.fromAsync(objects.list('incoming'))).map(({ key }) => key);
  const [, name = ''] = /uploads\/(\w+)/.exec(waiting.url) ?? [];
  const collectNow = () => withDatabase((db) => collectUnwanted(db, objects, new Date()));
  await collectNow();
  expect(await stored()).toContain(`incoming/${name}`);
  await withDatabase((db) => db.client.topic.delete({ where: { id: topicId } }));
  await collectNow();
  expect(await stored()).not.toContain(`incoming/${name}`);
  await expect(ask('PUT', waiting.url, PDF)).rejects.toMatchObject(gone);
  expect(await stored()).not.toContain(`incoming/${name}`);
});

test('uploading and collecting at once lose nothing', async () => {
  const { author, topicId } = await newTopic();
  let isDone = false;
  const collecting = withDatabase(async (db) => {
    while (!isDone) await collectFiles(db, objects, inAnHour());
  });
  const file = await picture('olive');
  for (let round = 0; round < 5; round += 1) {
    const { id, sha256 } = await attach(author, topicId, file);
    expect(await objects.describe(`file/${sha256}`)).not.toBeNull();
    await withDatabase((db) => db.client.topicAttachment.deleteMany({ where: { id } }));
    await withDatabase((db) =>
      db.client.attachmentUpload.deleteMany({ where: { userId: author.id } }),
    );
  }
  isDone = true;
  await collecting;
});
