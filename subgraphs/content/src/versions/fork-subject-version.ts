import { appendEvents } from '@civitas/platform/events';
import { newId } from '@civitas/platform/ids';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import { addSharedFiles } from '../attachments/index.ts';
import type { ContentContext, ContentTransaction } from '../context.ts';
import type { Subject, SubjectVersionTopic } from '../generated/prisma/client.ts';
import { layOutTopics } from '../import/index.ts';
import { insertReferences } from '../references/index.ts';
import { subjectCreated, subjectTitle } from '../subjects/index.ts';
import { insertTopics } from '../topics/index.ts';
import { subjectVersionNotFound } from './errors.ts';
import { findReadableVersion, textOfVersionTopic } from './service.ts';

const forkInput = z.object({ versionId: idOf('ver'), title: subjectTitle.nullish() });

/**
 * Makes a private subject of the viewer of a version, in one transaction; emits
 * `content.subject.created`.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 * @throws UserFailure `InvalidInput`, `SubjectVersionNotFound`.
 */
export async function forkSubjectVersion(
  ctx: ContentContext,
  input: unknown,
): Promise<{ subject: Subject }> {
  const viewer = requireUser(ctx);
  const { versionId, title } = parseInput(forkInput, input);
  const version = await findReadableVersion(ctx, versionId);
  if (!version) throw subjectVersionNotFound();
  const topics = await ctx.loaders.versionTopics.load({ parentId: versionId, args: null });
  const outline = await Promise.all(withParents(topics).map((topic) => readTopic(ctx, topic)));
  const origin = await ctx.loaders.subjectById.load(version.subjectId);
  const now = ctx.now();
  const stamps = { createdAt: now, updatedAt: now };
  const subject = await ctx.db.inTransaction(async (tx) => {
    const created = await tx.subject.create({
      data: {
        id: newId('sub'),
        authorId: viewer.id,
        visibility: 'PRIVATE',
        title: title ?? version.title,
        description: version.description,
        heading: title == null ? version.heading : '',
        topicCount: topics.length,
        markdownBytes: outline.reduce((sum, each) => sum + Buffer.byteLength(each.markdown), 0),
        forkedFromId: version.subjectId,
        forkedFromTitle: version.title,
        forkedFromAuthorId: origin?.authorId ?? version.createdBy,
        ...stamps,
      },
    });
    const rows = layOutTopics(outline, () => newId('top')).map((topic) => ({
      ...topic,
      subjectId: created.id,
    }));
    await insertTopics(tx, created.id, rows, now);
    await insertReferences(tx, rows);
    await forkAttachments(tx, versionId, rows, now);
    await appendEvents(tx, [subjectCreated(created)]);
    return created;
  });
  return { subject };
}

/** The fork's topics stand in the order of the version's. */
async function forkAttachments(
  tx: ContentTransaction,
  versionId: string,
  topics: readonly { readonly id: string; readonly subjectId: string }[],
  now: Date,
): Promise<void> {
  // Who deletes the version meanwhile waits, so that its files are never without a row in between.
  await tx.$queryRaw`
    SELECT sha256 FROM subject_version_attachment WHERE version_id = ${versionId} FOR SHARE`;
  const attached = await tx.subjectVersionAttachment.findMany({ where: { versionId } });
  const files = attached.flatMap((attachment) => {
    const topicId = topics[attachment.ordinal]?.id;
    return topicId === undefined ? [] : [{ ...attachment, topicId }];
  });
  const [{ subjectId } = { subjectId: '' }] = topics;
  await addSharedFiles(tx, files, subjectId, now);
}

type Placed = SubjectVersionTopic & { readonly parentIndex: number | null };

/** In reading order a topic stands below the last one before it that is a level higher. */
function withParents(topics: readonly SubjectVersionTopic[]): Placed[] {
  const lastAt: number[] = [];
  return topics.map((topic, index) => {
    lastAt[topic.depth] = index;
    return { ...topic, parentIndex: topic.depth === 1 ? null : (lastAt[topic.depth - 1] ?? null) };
  });
}

async function readTopic(ctx: ContentContext, topic: Placed) {
  const markdown = await textOfVersionTopic(ctx, topic);
  if (markdown === null) throw subjectVersionNotFound();
  const { title, depth, parentIndex } = topic;
  return { title, depth, parentIndex, heading: topic.heading, markdown };
}
