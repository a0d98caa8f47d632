import { appendEvents } from '@civitas/platform/events';
import { newId } from '@civitas/platform/ids';
import { requireUser } from '@civitas/platform/subgraph';
import { parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import type { Subject } from '../generated/prisma/client.ts';
import { referenceRows } from '../references/index.ts';
import { subjectCreated, subjectTitle, subjectVisibility } from '../subjects/index.ts';
import { prepareImport } from './prepare-import.ts';

const importSubjectInput = z.object({
  markdown: z.string(),
  title: subjectTitle.nullish().transform((title) => title ?? null),
  fileName: text({ max: 255 })
    .nullish()
    .transform((name) => name ?? null),
  visibility: subjectVisibility,
});

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
  const { visibility, ...source } = parseInput(importSubjectInput, input);
  const { topics, ...prepared } = prepareImport(source, () => newId('top'));
  const now = ctx.now();
  const stamps = { createdAt: now, updatedAt: now };
  const subject = await ctx.db.inTransaction(async (tx) => {
    const created = await tx.subject.create({
      data: {
        id: newId('sub'),
        authorId: viewer.id,
        visibility,
        ...prepared,
        topicCount: topics.length,
        ...stamps,
      },
    });
    await tx.topic.createMany({
      data: topics.map((topic) => ({ ...topic, subjectId: created.id, ...stamps })),
    });
    await tx.topicReference.createMany({
      data: referenceRows(topics.map((topic) => ({ ...topic, subjectId: created.id }))),
    });
    await appendEvents(tx, [subjectCreated(created)]);
    return created;
  });
  return { subject };
}
