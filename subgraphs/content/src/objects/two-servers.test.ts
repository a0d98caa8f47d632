import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { createDatabase } from '@civitas/platform/database';
import { createInProcessBus } from '@civitas/platform/events';
import { connectObjectStore, type ObjectStore } from '@civitas/platform/objects';
import { createInProcessPubSub } from '@civitas/platform/pubsub';
import type { UserViewer } from '@civitas/platform/subgraph';
import { createLogger } from '@civitas/platform/telemetry';
import { createTestClient, S3_KEYS, startS3Server } from '@civitas/testkit';
import { unzipSync, zipSync } from 'fflate';
import { expect, onTestFinished, test, vi } from 'vitest';
import { PrismaClient } from '../generated/prisma/client.ts';
import { createSubgraph } from '../index.ts';
import { askForFile } from '../testing/send-file.ts';
import { useContent } from '../testing/use-content.ts';
import { type FilesServer, startFilesServer } from './test/start-files-server.ts';
import { workThroughFiles } from './test/work-through-files.ts';

/** Two processes start and work on two cores that others may use, too. */
const STARTS = 180_000;

const content = useContent();
const secret = 'a secret of tests, 32 characters or more';
type Run = FilesServer['run'];

async function diskStore() {
  const directory = await mkdtemp(join(tmpdir(), 'civitas-two-servers-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return { url: pathToFileURL(directory).href };
}
const s3Store = async () => ({ url: (await startS3Server()).url, ...S3_KEYS });

/** A server in this process on a store, and what its tests look at beside it. */
async function openServer(
  options: Parameters<typeof connectObjectStore>[0],
  {
    beforePut,
    beforeDescribe,
    importAnswerMs,
  }: {
    beforePut?: () => Promise<void>;
    beforeDescribe?: () => Promise<unknown>;
    importAnswerMs?: number;
  } = {},
) {
  const { databaseUrl } = content;
  const log = createLogger({ name: 'content', level: 'silent' });
  const store = connectObjectStore(options) as ObjectStore;
  const objects: ObjectStore = {
    ...store,
    describe: async (key) => {
      if (key.startsWith('incoming/')) await beforeDescribe?.();
      return store.describe(key);
    },
    put: async (key, ...file) => {
      if (key.startsWith('file/')) await beforePut?.();
      await store.put(key, ...file);
    },
  };
  const subgraph = createSubgraph({
    ...{ databaseUrl, objects, log, importAnswerMs },
    bus: createInProcessBus({ log }),
    pubsub: createInProcessPubSub({ log }),
    files: { url: 'http://gateway.invalid', secrets: [secret] },
  });
  const db = createDatabase({
    url: databaseUrl,
    createClient: (adapter) => new PrismaClient({ adapter }),
  });
  await subgraph.start();
  onTestFinished(async () => {
    await subgraph.stop();
    await db.close();
  });
  const run: Run = (viewer, query, variables) =>
    createTestClient(subgraph, viewer).run(query, variables);
  return { objects, subgraph, db, run: patient(run) };
}
type Server = Awaited<ReturnType<typeof openServer>>;

const mutation = (name: string, selection = '') => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return `mutation ($input: ${type}Input!) { ${name}(input: $input) {
    __typename ... on ${type}Success { ${selection || '__typename'} } } }`;
};
const START = mutation('startAttachmentUpload', 'upload { id url }');
const FINISH = mutation('finishAttachmentUpload', 'attachment { id sha256 url }');
const START_IMPORT = mutation('startSubjectImport', 'upload { id url }');
const IMPORT = mutation('importSubjectFile', 'subject { id }').replace(
  '__typename',
  '__typename ... on SubjectImportUnderWay { uploadId }',
);
const EXPORT = mutation(
  'exportSubjectArchive',
  'archive { url bytes missingAttachments { name sha256 } }',
);
const ATTACHED =
  'query ($id: ID!) { topic(id: $id) { attachments { edges { node { sha256 url } } } } }';
const REVISIONS =
  'query ($id: ID!) { topic(id: $id) { markdown revisions { edges { node { markdown } } } } }';
const MINE = `query ($id: ID!) { _entities(representations: [{ __typename: "User", id: $id }]) {
  ... on User { subjects { edges { node { id topics { markdown attachments { edges { node { sha256 } } } } } } } } } }`;

const pdf = (text: string) => Buffer.from(`%PDF-1.7\n${text}\nendobj\ntrailer\n%%EOF\n`);
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Sends a file to the address of an upload; its id. */
async function send({ subgraph }: Server, { id, url }: { id: string; url: string }, file: Buffer) {
  expect((await askForFile(subgraph, 'PUT', url, file)).status).toBe(204);
  return id;
}

async function sendAttachment(server: Server, viewer: UserViewer, topicId: string, file: Buffer) {
  const input = { topicId, name: 'law.pdf', bytes: file.length };
  const { startAttachmentUpload } = await server.run(viewer, START, { input });
  return send(server, startAttachmentUpload.upload, file);
}

async function sendArchive(server: Server, viewer: UserViewer, text: string, file: Buffer) {
  const archive = Buffer.from(zipSync({ 'a.md': Buffer.from(`${text} [](x.pdf)`), 'x.pdf': file }));
  const input = { fileName: 'bees.zip', bytes: archive.length };
  const { startSubjectImport } = await server.run(viewer, START_IMPORT, { input });
  return send(server, startSubjectImport.upload, archive);
}

async function expectServed({ subgraph }: Server, { url, sha256 }: Record<string, string>) {
  const { body } = await askForFile(subgraph, 'GET', url ?? '');
  expect(hashOf(await buffer(body as Readable))).toBe(sha256);
}

async function newTopic(author: UserViewer) {
  const subjectId = await content.subject(author);
  return { subjectId, topicId: (await content.topic(author, subjectId, 'Hives')).id };
}

/** What the database names in a store, of somebody or of everybody. */
const NAMED = `
  SELECT 'file/' || a.sha256 AS key FROM topic_attachment AS a JOIN subject AS s ON s.id = a.subject_id
    WHERE s.author_id = $1 OR $1 IS NULL
  UNION SELECT 'file/' || k.sha256 FROM subject_version_attachment AS k
    JOIN subject_version AS v ON v.id = k.version_id JOIN subject AS s ON s.id = v.subject_id
    WHERE s.author_id = $1 OR $1 IS NULL
  UNION SELECT 'md/' || t.file_sha256 FROM topic AS t JOIN subject AS s ON s.id = t.subject_id
    WHERE t.file_sha256 IS NOT NULL AND (s.author_id = $1 OR $1 IS NULL)
  UNION SELECT 'md/' || r.sha256 FROM topic_revision AS r JOIN topic AS t ON t.id = r.topic_id
    JOIN subject AS s ON s.id = t.subject_id WHERE s.author_id = $1 OR $1 IS NULL
  UNION SELECT 'md/' || p.sha256 FROM subject_version_topic AS p
    JOIN subject_version AS v ON v.id = p.version_id JOIN subject AS s ON s.id = v.subject_id
    WHERE s.author_id = $1 OR $1 IS NULL`;

async function named({ db }: Server, author: string | null): Promise<Set<string>> {
  const rows = await db.client.$queryRawUnsafe<{ key: string }[]>(NAMED, author);
  return new Set(rows.map(({ key }) => key));
}

async function stored({ objects }: Server): Promise<string[]> {
  const lists = ['file', 'md'].map((prefix) => Array.fromAsync(objects.list(prefix)));
  return (await Promise.all(lists)).flat().map(({ key }) => key);
}

/** Asks again when a machine with too much to do says so. */
const patient =
  (run: Run): Run =>
  async (...request) => {
    for (let turn = 0; turn < 10; turn += 1) {
      try {
        return await run(...request);
      } catch (error) {
        if (!String(error).includes('SERVICE_UNAVAILABLE')) throw error;
      }
    }
    return run(...request);
  };

/** One person's work with files and texts that others have, give up and need again at the same moment. */
async function workWithFiles(server: Server, run: Run, author: UserViewer) {
  const { subjectId, topicId } = await newTopic(author);
  for (let round = 0; round < 5; round += 1) {
    const file = pdf(`law ${round % 2}`);
    const uploadId = await sendAttachment(server, author, topicId, file);
    const { finishAttachmentUpload } = await run(author, FINISH, { input: { uploadId } });
    const { attachment } = finishAttachmentUpload;
    // As if its hour had passed: from now on only the attachment names the file.
    await server.db.client.attachmentUpload.deleteMany({ where: { id: uploadId } });
    await expectServed(server, attachment);
    const markdown = `text ${round % 3}`;
    await run(author, mutation('updateTopic'), { input: { topicId, markdown } });
    const { topic } = await run(author, REVISIONS, { id: topicId });
    expect(topic.revisions.edges[0].node.markdown).toBe(markdown);
    if (round === 1) {
      const input = { subjectId, name: 'kept' };
      await run(author, mutation('saveSubjectVersion'), { input });
    }
    if (round === 4) return;
    await run(author, mutation('purgeTopicHistory'), { input: { topicId } });
    await run(author, mutation('deleteAttachment'), { input: { attachmentId: attachment.id } });
  }
}

test.each([
  ['disk', diskStore],
  ['S3', s3Store],
])(
  'two processes upload, write, collect and read on one store (%s): all that is named is there, and nothing else',
  async (_, openStore) => {
    const store = await openStore();
    const [server, other] = await Promise.all([
      openServer(store),
      startFilesServer({
        ...{ databaseUrl: content.databaseUrl, store, secret },
        ...{ stopsAt: [], isCollecting: true },
      }),
    ]);
    let isDone = false;
    const collecting = workThroughFiles(server.db, server.objects, () => !isDone);
    const authors = Array.from({ length: 2 }, () => content.somebody());
    const working = authors.map((author, index) =>
      workWithFiles(server, patient(index % 2 === 0 ? server.run : other.run), author),
    );
    await Promise.all(working).finally(() => {
      isDone = true;
      return collecting;
    });
    await other.kill();
    let turns = 0;
    await workThroughFiles(server.db, server.objects, () => turns++ < 2);
    const there = new Set(await stored(server));
    for (const { id } of authors) {
      const mine = await named(server, id);
      expect([...mine].filter((key) => key.startsWith('md/')).length).toBeGreaterThan(1);
      expect([...mine].filter((key) => !there.has(key))).toEqual([]);
    }
    const all = await named(server, null);
    expect([...there].filter((key) => !all.has(key))).toEqual([]);
    for (const key of there) {
      expect(key.split('/')[1]).toBe(hashOf((await server.objects.get(key)) ?? Buffer.of()));
    }
  },
  STARTS,
);

test(
  'an archive goes out of a bucket and back; an import goes on without a request that cannot wait for it',
  async () => {
    const held = Promise.withResolvers<void>();
    const server = await openServer(await s3Store(), {
      beforePut: () => held.promise,
      importAnswerMs: 50,
    });
    const author = content.somebody();
    const { subjectId, topicId } = await newTopic(author);
    const [law, lost] = [pdf('law'), pdf('lost')];
    for (const file of [law, lost]) {
      const uploadId = await sendAttachment(server, author, topicId, file);
      await server.run(author, FINISH, { input: { uploadId } });
    }
    const markdown = `[law](attachment:${hashOf(law)}) [lost](attachment:${hashOf(lost)})`;
    await server.run(author, mutation('updateTopic'), { input: { topicId, markdown } });
    await server.objects.delete(`file/${hashOf(lost)}`);
    const { exportSubjectArchive } = await server.run(author, EXPORT, { input: { subjectId } });
    const { url, bytes, missingAttachments } = exportSubjectArchive.archive;
    expect(missingAttachments).toEqual([{ name: 'law.pdf', sha256: hashOf(lost) }]);
    const { body } = await askForFile(server.subgraph, 'GET', url);
    const archive = await buffer(body as Readable);
    expect(archive.length).toBe(bytes);
    const noted = Buffer.from(unzipSync(archive)['missing-attachments.txt'] ?? []).toString();
    expect(noted).toContain(`- Hives: law.pdf (SHA-256 ${hashOf(lost)})`);

    const input = { fileName: 'bees.zip', bytes: archive.length };
    const { startSubjectImport } = await server.run(author, START_IMPORT, { input });
    const uploadId = await send(server, startSubjectImport.upload, archive);
    const ask = async () =>
      (await server.run(author, IMPORT, { input: { uploadId } })).importSubjectFile;
    const underWay = { __typename: 'SubjectImportUnderWay', uploadId };
    expect([await ask(), await ask()]).toEqual([underWay, underWay]);
    const mine = async () =>
      (await server.run(author, MINE, { id: author.id }))._entities[0].subjects.edges;
    expect(await mine()).toHaveLength(1);
    held.resolve();
    await vi.waitUntil(async () => (await mine()).length === 2, { timeout: 20_000 });
    const [{ node }] = await mine();
    expect(node.topics).toEqual([
      { markdown, attachments: { edges: [{ node: { sha256: hashOf(law) } }] } },
    ]);
    expect((await ask()).subject.id).toBe(node.id);
    expect(await mine()).toHaveLength(2);
  },
  STARTS,
);

test('an upload that another server has just imported is the subject that it made, and not gone', async () => {
  const store = await diskStore();
  const quicker = await openServer(store);
  const author = content.somebody();
  const uploadId = await sendArchive(quicker, author, 'twice', pdf('twice'));
  const importBy = async ({ run }: Server) =>
    (await run(author, IMPORT, { input: { uploadId } })).importSubjectFile;
  let made: unknown;
  const slower = await openServer(store, {
    beforeDescribe: async () => {
      made ??= await importBy(quicker);
    },
  });
  const answer = await importBy(slower);
  expect(answer.__typename).toBe('ImportSubjectFileSuccess');
  expect(answer).toEqual(made);
});

test(
  'kill -9 while files are imported and attached: nothing is half there, and everybody goes on at once',
  async () => {
    const store = await diskStore();
    const server = await openServer(store);
    const points = ['before put', 'after put', 'answering'] as const;
    // Three imports and three attachments, each of a person and a file of its own.
    const works = await Promise.all(
      ['import', 'attach'].flatMap((kind) =>
        points.map(async (point) => {
          const author = content.somebody();
          const file = pdf(`${kind} ${point}`);
          const { topicId } = await newTopic(author);
          const uploadId =
            kind === 'import'
              ? await sendArchive(server, author, point, file)
              : await sendAttachment(server, author, topicId, file);
          const { objectKey } =
            kind === 'import'
              ? await server.db.client.importUpload.findUniqueOrThrow({ where: { id: uploadId } })
              : await server.db.client.attachmentUpload.findUniqueOrThrow({
                  where: { id: uploadId },
                });
          const stop =
            point === 'answering' ? `before delete ${objectKey}` : `${point} file/${hashOf(file)}`;
          const document = kind === 'import' ? IMPORT : FINISH;
          const ask = (run: Run) => run(author, document, { input: { uploadId } });
          return { kind, point, author, file, topicId, stop, ask };
        }),
      ),
    );
    const dying = await startFilesServer({
      ...{ databaseUrl: content.databaseUrl, store, secret },
      ...{ stopsAt: works.map(({ stop }) => stop), isCollecting: false },
    });
    for (const { ask } of works) void ask(dying.run);
    await Promise.all(works.map(({ stop }) => dying.reached(stop)));
    await dying.kill();

    const seen = async ({ author, topicId, kind }: (typeof works)[number]) => {
      if (kind === 'attach') {
        const { topic } = await server.run(author, ATTACHED, { id: topicId });
        return topic.attachments.edges.map(({ node }: { node: { sha256: string } }) => node.sha256);
      }
      const { _entities } = await server.run(author, MINE, { id: author.id });
      // The other one was there before.
      const made = _entities[0].subjects.edges.slice(0, -1);
      return made.map(({ node }: { node: { topics: unknown } }) => node.topics);
    };
    for (const work of works) {
      const isThere = work.point === 'answering';
      expect(await seen(work)).toHaveLength(isThere ? 1 : 0);
    }
    const answers = [];
    for (const { ask } of works) answers.push([await ask(server.run), await ask(server.run)]);
    for (const [index, [once, again]] of answers.entries()) {
      expect(again).toEqual(once);
      const { file, author, topicId } = works[index] as (typeof works)[number];
      const { importSubjectFile, finishAttachmentUpload } = once;
      const { topics } = importSubjectFile
        ? (await server.run(author, MINE, { id: author.id }))._entities[0].subjects.edges[0].node
        : { topics: [(await server.run(author, ATTACHED, { id: topicId })).topic] };
      expect(topics).toHaveLength(1);
      const [{ node }] = topics[0].attachments.edges;
      expect(node.sha256).toBe(hashOf(file));
      expect(hashOf((await server.objects.get(`file/${node.sha256}`)) ?? Buffer.of())).toBe(
        node.sha256,
      );
      expect((importSubjectFile ?? finishAttachmentUpload).__typename).toMatch(/Success$/);
    }
  },
  STARTS,
);
