import { appendEvents } from '@civitas/platform/events';
import { newId } from '@civitas/platform/ids';
import { requireUser } from '@civitas/platform/subgraph';
import { parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import type { Subject } from '../generated/prisma/client.ts';
import { SUBJECT_TITLE_LENGTH, subjectCreated, subjectTitle } from '../subjects/index.ts';
import { importRefused } from './import-refused.ts';
import { type LaidOutTopic, layOutTopics } from './lay-out-topics.ts';
import { IMPORT_LIMITS } from './limits.ts';
import { type Outline, type OutlineTopic, parseMarkdownOutline } from './outline.ts';
import { titleOfFile } from './title-of-file.ts';

const importSubjectInput = z.object({
  markdown: z.string(),
  title: subjectTitle.nullish(),
  fileName: text({ max: 255 }).nullish(),
  visibility: z.enum(['PUBLIC', 'PRIVATE']),
});

/** A longer text before the first heading is a topic of its own, so that lists stay light. */
const MAX_DESCRIPTION_LENGTH = 20_000;

/**
 * Makes a subject of the viewer of one Markdown document, in one transaction; emits
 * `content.subject.created`.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 * @throws UserFailure `InvalidInput`, `ImportRefused`.
 */
export async function importSubject(
  ctx: ContentContext,
  input: unknown,
): Promise<{ subject: Subject }> {
  const viewer = requireUser(ctx);
  const { markdown, title, fileName, visibility } = parseInput(importSubjectInput, input);
  const outline = parseMarkdownOutline(markdown, IMPORT_LIMITS, title ?? null);
  const { description, topics } = divideIntroduction(outline);
  const rows = layOutTopics(topics, () => newId('top'));
  const now = ctx.now();
  const stamps = { createdAt: now, updatedAt: now };
  const data = {
    id: newId('sub'),
    authorId: viewer.id,
    title: title ?? outline.title ?? titleFrom(fileName ?? ''),
    description,
    heading: outline.heading,
    visibility,
    topicCount: rows.length,
    markdownBytes: bytesOf(rows),
    ...stamps,
  };
  const subject = await ctx.db.inTransaction(async (tx) => {
    const created = await tx.subject.create({ data });
    await tx.topic.createMany({
      data: rows.map((row) => ({ ...row, subjectId: created.id, ...stamps })),
    });
    await appendEvents(tx, [subjectCreated(created)]);
    return created;
  });
  return { subject };
}

function titleFrom(fileName: string): string {
  const title = titleOfFile(fileName)?.slice(0, SUBJECT_TITLE_LENGTH);
  if (title) return title;
  throw importRefused('NO_TITLE', 'Give a title: no heading opens the document.', null);
}

function divideIntroduction({ introduction, topics }: Outline): {
  description: string;
  topics: readonly OutlineTopic[];
} {
  if (introduction.length <= MAX_DESCRIPTION_LENGTH) return { description: introduction, topics };
  if (topics.length === IMPORT_LIMITS.maxTopics) {
    const explanation = 'no room for a topic that holds the text before the first heading.';
    throw importRefused('TOO_MANY_TOPICS', explanation, 1);
  }
  const first = { title: 'Introduction', depth: 1, parentIndex: null, heading: '' };
  const shifted = topics.map((topic) => ({
    ...topic,
    parentIndex: topic.parentIndex === null ? null : topic.parentIndex + 1,
  }));
  return { description: '', topics: [{ ...first, markdown: introduction }, ...shifted] };
}

function bytesOf(rows: readonly LaidOutTopic[]): number {
  return rows.reduce((sum, { markdown }) => sum + Buffer.byteLength(markdown), 0);
}
