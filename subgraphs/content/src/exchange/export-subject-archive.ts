import { createHash } from 'node:crypto';
import { createLimit } from '@civitas/platform/concurrency';
import { CivitasError } from '@civitas/platform/errors';
import type { ObjectStore } from '@civitas/platform/objects';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import type { Subject, TopicAttachment } from '../generated/prisma/client.ts';
import { findVisibleSubject, subjectNotFound } from '../subjects/index.ts';
import type { ExchangedFile, ExchangedSubject, ExchangedTopic } from './exchanged-subject.ts';
import { fileNameOf, readExported } from './export-subject.ts';
import { makeRoomForArchive } from './make-room.ts';
import { pathOfFile, textFilesOf } from './zip/text-files.ts';
import { writeArchive } from './zip/write-zip.ts';

const exportInput = z.object({ subjectId: idOf('sub') });

/** Its address is good for two hours; see `collectFiles`, which leaves it for longer. */
const MADE_ANEW_AFTER_MS = 60 * 60_000;
/** Files that are looked for at the same time. */
const MAX_LOOKS = 16;
/** Each is made of up to 200 MiB. */
const limited = createLimit(2, 20);

/**
 * Makes an archive of a subject with all that is attached to it, to be downloaded. The same subject makes
 * the same file, which is there once for all who ask within the hour.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `SERVICE_UNAVAILABLE` when there is no store, or too many wait.
 * @throws UserFailure `InvalidInput`, `SubjectNotFound`.
 */
export async function exportSubjectArchive(ctx: ContentContext, input: unknown) {
  requireUser(ctx);
  const { subjectId } = parseInput(exportInput, input);
  const { objects } = ctx.files;
  if (!objects) throw new CivitasError('SERVICE_UNAVAILABLE');
  const subject = await findVisibleSubject(ctx, subjectId);
  if (!subject) throw subjectNotFound();
  const { exported, missing } = await readWithFiles(ctx, objects, subject);
  const texts = new Map([...textFilesOf(exported), ...noteOfMissing(exported, missing)]);
  const files = new Map(
    exported.topics.flatMap(({ files: own = [] }) => own).map((file) => [file.sha256, file]),
  );
  const sha256 = hashOf(texts, [...files.keys()]);
  const bytes = await limited(() =>
    makeArchive(objects, `export/${sha256}`, texts, [...files.values()], ctx.now()),
  );
  const name = fileNameOf(subject, 'zip');
  const signed = { sha256, mediaType: 'application/zip', name, isAttachment: true };
  return {
    archive: {
      ...{ fileName: name, bytes, missingAttachments: missing },
      url: ctx.files.exports.addressOf(signed, ctx.now()),
    },
  };
}

/** What the archive will hold is known by this before it is made. */
function hashOf(texts: ReadonlyMap<string, string>, files: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify([...files].toSorted()));
  for (const entry of texts) hash.update(JSON.stringify(entry));
  return hash.digest('hex');
}

async function makeArchive(
  objects: ObjectStore,
  key: string,
  texts: ReadonlyMap<string, string>,
  files: readonly ExchangedFile[],
  now: Date,
): Promise<number> {
  const made = await objects.describe(key);
  if (made && now.getTime() - made.putAt.getTime() < MADE_ANEW_AFTER_MS) return made.bytes;
  const packed = files.map((file) => ({
    path: pathOfFile(file),
    bytes: file.bytes,
    open: async () => {
      const source = await objects.read(`file/${file.sha256}`);
      if (!source) throw new Error(`The file ${file.sha256} is not in the store.`);
      return source;
    },
  }));
  const { bytes, stream } = await writeArchive(texts, packed);
  await makeRoomForArchive(objects, bytes);
  await objects.putStream(key, stream, bytes, 'application/zip');
  return bytes;
}

/** Says in the archive what is not in it. */
function noteOfMissing(
  { topics }: ArchivedSubject,
  missing: readonly TopicAttachment[],
): ReadonlyMap<string, string> {
  if (missing.length === 0) return new Map();
  const titles = new Map(topics.map(({ id, title }) => [id, title]));
  const lines = missing.map(
    ({ topicId, name, sha256 }) => `- ${titles.get(topicId) ?? ''}: ${name} (SHA-256 ${sha256})\n`,
  );
  const said = 'Attached, but no longer in the store, and so not in this archive:\n\n';
  return new Map([['missing-attachments.txt', said + lines.join('')]]);
}

type ArchivedSubject = Omit<ExchangedSubject, 'topics'> & {
  readonly topics: readonly (ExchangedTopic & { readonly id: string })[];
};

/** A file that is not there, after a store was restored from an older copy, keeps nobody from the others. */
async function readWithFiles(
  ctx: ContentContext,
  objects: ObjectStore,
  subject: Subject,
): Promise<{ exported: ArchivedSubject; missing: TopicAttachment[] }> {
  const { topics, ...exported } = await readExported(ctx, subject);
  const attached = await ctx.db.client.topicAttachment.findMany({
    where: { subjectId: subject.id, topic: { archiveRootId: null } },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
  const limit = createLimit(MAX_LOOKS);
  const isThere = new Map(
    await Promise.all(
      [...new Set(attached.map(({ sha256 }) => sha256))].map((sha256) =>
        limit(async () => [sha256, await objects.describe(`file/${sha256}`)] as const),
      ),
    ),
  );
  const found = attached.filter(({ sha256 }) => isThere.get(sha256));
  const byTopic = Map.groupBy(found, ({ topicId }) => topicId);
  const withFiles = topics.map((topic) => ({ ...topic, files: byTopic.get(topic.id) ?? [] }));
  return {
    exported: { ...exported, topics: withFiles },
    missing: attached.filter(({ sha256 }) => !isThere.get(sha256)),
  };
}
