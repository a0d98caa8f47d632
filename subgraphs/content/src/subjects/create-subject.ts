import { appendEvents } from '@civitas/platform/events';
import { newId } from '@civitas/platform/ids';
import { requireUser } from '@civitas/platform/subgraph';
import { parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import type { Subject } from '../generated/prisma/client.ts';
import { subjectCreated } from './events.ts';

/** In UTF-16 code units; a topic's title may be as long. */
export const SUBJECT_TITLE_LENGTH = 200;

export const subjectTitle = text({ max: SUBJECT_TITLE_LENGTH });

export const subjectVisibility = z.enum(['PUBLIC', 'UNLISTED', 'PRIVATE']);
export const subjectDescription = text({ min: 0, max: 20_000, multiline: true });

const createSubjectInput = z.object({
  title: subjectTitle,
  description: subjectDescription.nullish(),
  visibility: subjectVisibility,
});

/**
 * Starts an empty subject of the signed-in person; emits `content.subject.created`.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 * @throws UserFailure `InvalidInput`.
 */
export async function createSubject(
  ctx: ContentContext,
  input: unknown,
): Promise<{ subject: Subject }> {
  const viewer = requireUser(ctx);
  const { title, description, visibility } = parseInput(createSubjectInput, input);
  const now = ctx.now();
  const subject = await ctx.db.inTransaction(async (tx) => {
    const created = await tx.subject.create({
      data: {
        id: newId('sub'),
        authorId: viewer.id,
        title,
        description: description ?? '',
        visibility,
        createdAt: now,
        updatedAt: now,
      },
    });
    await appendEvents(tx, [subjectCreated(created)]);
    return created;
  });
  return { subject };
}
