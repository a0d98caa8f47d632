import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import type { Subject } from '../generated/prisma/client.ts';
import { findVisibleSubject, lockSubject, subjectNotFound } from '../subjects/index.ts';

const removeInput = z.object({ subjectId: idOf('sub'), userId: idOf('usr') });

/**
 * Takes every role of a person away, whatever it comes from; of somebody without one it changes nothing.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN` for others than owners and the person.
 * @throws UserFailure `InvalidInput`, `SubjectNotFound`.
 */
export async function removeSubjectCollaborator(
  ctx: ContentContext,
  input: unknown,
): Promise<{ subject: Subject | null }> {
  const viewer = requireUser(ctx);
  const { subjectId, userId } = parseInput(removeInput, input);
  await ctx.db.inTransaction(async (tx) => {
    const wanted = userId === viewer.id ? 'VIEWER' : 'OWNER';
    await lockSubject(ctx, tx, subjectId, wanted, subjectNotFound);
    await tx.subjectMember.deleteMany({ where: { subjectId, userId } });
  });
  ctx.loaders.ownRole.clear(subjectId);
  ctx.loaders.collaborators.clearAll();
  return { subject: await findVisibleSubject(ctx, subjectId) };
}
