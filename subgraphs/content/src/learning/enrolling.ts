import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext, ContentTransaction } from '../context.ts';
import type { Enrolment, Subject } from '../generated/prisma/client.ts';
import { findVisibleSubject, subjectNotFound } from '../subjects/index.ts';
import { notEnrolled } from './errors.ts';

export const enrolmentInput = z.object({ subjectId: idOf('sub') });

/**
 * Enrols the viewer in a subject they may see, or answers the enrolment that is there.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 * @throws UserFailure `InvalidInput`, `SubjectNotFound`.
 */
export async function enrolInSubject(
  ctx: ContentContext,
  input: unknown,
): Promise<{ enrolment: Enrolment }> {
  const { id: userId } = requireUser(ctx);
  const { subjectId } = parseInput(enrolmentInput, input);
  if (!(await findVisibleSubject(ctx, subjectId))) throw subjectNotFound();
  const enrolment = await ctx.db.inTransaction(async (tx) => {
    await tx.enrolment.createMany({
      data: [{ subjectId, userId, enrolledAt: ctx.now() }],
      skipDuplicates: true,
    });
    return tx.enrolment.findUniqueOrThrow({ where: { subjectId_userId: { subjectId, userId } } });
  });
  forgetLearning(ctx, subjectId);
  return { enrolment };
}

/**
 * Ends the viewer's enrolment with all they have done. The subject need not be visible any more.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 * @throws UserFailure `InvalidInput`, `NotEnrolled`.
 */
export async function leaveSubject(
  ctx: ContentContext,
  input: unknown,
): Promise<{ subject: Subject | null }> {
  const { id: userId } = requireUser(ctx);
  const { subjectId } = parseInput(enrolmentInput, input);
  const { count } = await ctx.db.client.enrolment.deleteMany({ where: { subjectId, userId } });
  if (count === 0) throw notEnrolled('subjectId');
  forgetLearning(ctx, subjectId);
  return { subject: await findVisibleSubject(ctx, subjectId) };
}

/**
 * Locks the viewer's enrolment: what they do in one subject happens one after the other.
 *
 * @throws UserFailure `NotEnrolled`.
 */
export async function lockEnrolment(
  tx: ContentTransaction,
  { subjectId, userId }: { readonly subjectId: string; readonly userId: string },
  path: 'subjectId' | 'topicId',
): Promise<Enrolment> {
  await tx.$queryRaw`
    SELECT 1 FROM enrolment WHERE subject_id = ${subjectId} AND user_id = ${userId}
    FOR NO KEY UPDATE`;
  const enrolment = await tx.enrolment.findUnique({
    where: { subjectId_userId: { subjectId, userId } },
  });
  if (!enrolment) throw notEnrolled(path);
  return enrolment;
}

/** Called after a change, so that a later field of the same document reads anew. */
export function forgetLearning(ctx: ContentContext, subjectId: string): void {
  ctx.loaders.ownEnrolment.clear(subjectId);
  ctx.loaders.ownCertificate.clear(subjectId);
  ctx.loaders.ownDoneTopics.clearAll();
  ctx.loaders.ownBestAttempt.clearAll();
  ctx.loaders.learnerCount.clearAll();
}
