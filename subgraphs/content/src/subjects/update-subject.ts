import { appendEvents } from '@civitas/platform/events';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import type { Subject } from '../generated/prisma/client.ts';
import { announceChange } from './changes.ts';
import { subjectDescription, subjectTitle, subjectVisibility } from './create-subject.ts';
import { subjectNotFound } from './errors.ts';
import { subjectChanged } from './events.ts';
import { lockSubject } from './service.ts';

const updateSubjectInput = z.object({
  subjectId: idOf('sub'),
  title: subjectTitle.nullish(),
  description: subjectDescription.nullish(),
  visibility: subjectVisibility.nullish(),
});

/**
 * Changes what a subject says of itself, or who can see it. A new title takes the place of the heading
 * as it was imported. Emits `content.subject.changed`.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput`, `SubjectNotFound`.
 */
export async function updateSubject(
  ctx: ContentContext,
  input: unknown,
): Promise<{ subject: Subject }> {
  const { id: userId } = requireUser(ctx);
  const { subjectId, title, description, visibility } = parseInput(updateSubjectInput, input);
  const wanted = visibility == null ? 'EDITOR' : 'OWNER';
  const subject = await ctx.db.inTransaction(async (tx) => {
    const before = await lockSubject(ctx, tx, subjectId, wanted, subjectNotFound);
    const isRenamed = title != null && title !== before.title;
    const after = await tx.subject.update({
      where: { id: subjectId },
      data: {
        ...(isRenamed && { title, heading: '' }),
        ...(description != null && { description }),
        ...(visibility != null && { visibility }),
        updatedAt: ctx.now(),
      },
    });
    await appendEvents(tx, [subjectChanged(after)]);
    return after;
  });
  ctx.loaders.subjectById.clear(subjectId);
  announceChange(ctx, { subjectId, kind: 'SUBJECT_CHANGED', topicId: null, userId });
  return { subject };
}
