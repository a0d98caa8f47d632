import { newId } from '@civitas/platform/ids';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import { sharedFile } from '../attachments/index.ts';
import type { ContentContext, ContentTransaction } from '../context.ts';
import { readTexts } from '../editing/index.ts';
import type { SubjectVersion } from '../generated/prisma/client.ts';
import { describeText, keepTexts } from '../objects/index.ts';
import { lockSubject, subjectNotFound } from '../subjects/index.ts';
import { orderTree, topicNode } from '../topics/index.ts';
import { MAX_VERSIONS, subjectVersionsFull } from './errors.ts';

const saveInput = z.object({ subjectId: idOf('sub'), name: text({ max: 100 }) });

/**
 * Keeps a whole subject, live edits of the moment included, under the lock of the subject.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput`, `SubjectNotFound`, `SubjectVersionsFull`.
 */
export async function saveSubjectVersion(
  ctx: ContentContext,
  input: unknown,
): Promise<{ version: SubjectVersion }> {
  const { id: createdBy } = requireUser(ctx);
  const { subjectId, name } = parseInput(saveInput, input);
  const version = await ctx.db.inTransaction(async (tx) => {
    const subject = await lockSubject(ctx, tx, subjectId, 'EDITOR', subjectNotFound);
    const newest = await tx.subjectVersion.aggregate({
      where: { subjectId },
      _max: { number: true },
      _count: true,
    });
    if (newest._count >= MAX_VERSIONS) throw subjectVersionsFull();
    const now = ctx.now();
    const topics = await readTree(tx, subjectId, now);
    const { title, description, heading } = subject;
    const created = await tx.subjectVersion.create({
      data: {
        id: newId('ver'),
        ...{ subjectId, name, title, description, heading, createdBy },
        number: (newest._max.number ?? 0) + 1,
        topicCount: topics.length,
        markdownBytes: topics.reduce((sum, { bytes }) => sum + bytes, 0),
        createdAt: now,
      },
    });
    // One parameter for all rows: thousands of them take a fraction of `createMany`'s time.
    await tx.$executeRaw`
      INSERT INTO subject_version_topic
        (version_id, ordinal, topic_id, depth, title, heading, sha256, bytes)
      SELECT ${created.id}, ordinal, "topicId", depth, title, heading, sha256, bytes
      FROM jsonb_to_recordset(${JSON.stringify(topics)}::jsonb) AS kept (
        ordinal int, "topicId" text, depth smallint, title text, heading text, sha256 text, bytes int
      )`;
    await keepAttachments(
      tx,
      topics.map((topic) => ({ ...topic, versionId: created.id })),
    );
    return created;
  });
  return { version };
}

/** What is attached to the topics at the moment; no change of it gets past the lock of the subject. */
async function keepAttachments(
  tx: ContentTransaction,
  topics: readonly { topicId: string; versionId: string; ordinal: number }[],
): Promise<void> {
  const places = new Map(topics.map((topic) => [topic.topicId, topic]));
  const attached = await tx.topicAttachment.findMany({
    where: { topicId: { in: [...places.keys()] } },
  });
  const data = attached.flatMap((attachment) => {
    const { versionId, ordinal } = places.get(attachment.topicId) ?? {};
    if (versionId === undefined || ordinal === undefined) return [];
    return [{ ...sharedFile(attachment), versionId, ordinal }];
  });
  await tx.subjectVersionAttachment.createMany({ data });
}

async function readTree(tx: ContentTransaction, subjectId: string, now: Date) {
  const topics = await tx.topic.findMany({
    where: { subjectId, archiveRootId: null },
    orderBy: { position: 'asc' },
    select: topicNode,
  });
  const texts = await readTexts(
    tx,
    topics.map(({ id }) => id),
  );
  await keepTexts(tx, [...new Set(texts.values())], now);
  return orderTree(topics).map(({ id, depth, title, heading }, ordinal) => ({
    ordinal,
    topicId: id,
    ...{ depth, title, heading },
    ...describeText(texts.get(id) ?? ''),
  }));
}
