import { appendEvents } from '@civitas/platform/events';
import { newId } from '@civitas/platform/ids';
import { requireUser } from '@civitas/platform/subgraph';
import { parseInput } from '@civitas/platform/validation';
import { MAY_ASK, readCheckpoints } from '../checkpoints/index.ts';
import type { ContentContext } from '../context.ts';
import type { Certificate } from '../generated/prisma/client.ts';
import { findVisibleSubject, subjectNotFound } from '../subjects/index.ts';
import type { TopicNode } from '../topics/index.ts';
import { enrolmentInput, forgetLearning, lockEnrolment } from './enrolling.ts';
import { notEnrolled, subjectNotCompleted } from './errors.ts';
import { certificateIssued } from './events.ts';
import { isPassed } from './passing.ts';

/**
 * Issues the viewer's certificate for a subject they have completed, or answers the one they have.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 * @throws UserFailure `InvalidInput`, `NotEnrolled`, `SubjectNotCompleted`, `SubjectNotFound`.
 */
export async function claimCertificate(
  ctx: ContentContext,
  input: unknown,
): Promise<{ certificate: Certificate }> {
  const { id: userId } = requireUser(ctx);
  const { subjectId } = parseInput(enrolmentInput, input);
  if (!(await ctx.loaders.ownEnrolment.load(subjectId))) throw notEnrolled('subjectId');
  const issued = await ctx.loaders.ownCertificate.load(subjectId);
  if (issued) return { certificate: issued };
  // What is left names topics, which are not for those to see who may see their subject no more.
  if (!(await findVisibleSubject(ctx, subjectId))) throw subjectNotFound();
  // Before the transaction: nobody who holds a connection may wait for another one.
  const topicCount = await assertCompleted(ctx, subjectId);
  const certificate = await ctx.db.inTransaction(async (tx) => {
    await lockEnrolment(tx, { subjectId, userId }, 'subjectId');
    const meanwhile = await tx.certificate.findUnique({
      where: { subjectId_userId: { subjectId, userId } },
    });
    if (meanwhile) return meanwhile;
    const subject = await tx.subject.findUniqueOrThrow({ where: { id: subjectId } });
    const created = await tx.certificate.create({
      data: {
        id: newId('crt'),
        subjectId,
        userId,
        authorId: subject.authorId,
        subjectTitle: subject.title,
        topicCount,
        issuedAt: ctx.now(),
      },
    });
    await appendEvents(tx, [certificateIssued(created)]);
    return created;
  });
  forgetLearning(ctx, subjectId);
  return { certificate };
}

/** @returns how many topics the subject has. */
async function assertCompleted(ctx: ContentContext, subjectId: string): Promise<number> {
  const topics = await ctx.loaders.topicTree.load({ parentId: subjectId, args: null });
  const done = await ctx.loaders.ownDoneTopics.load({ parentId: subjectId, args: null });
  const asking = await topicsWithCheckpoints(ctx, topics);
  const attempts = await Promise.all(asking.map(({ id }) => ctx.loaders.ownBestAttempt.load(id)));
  const topicsLeft = topics.filter(({ id }) => !done.has(id));
  const checkpointsLeft = asking.filter((_, index) => {
    const attempt = attempts[index];
    return !attempt || !isPassed(attempt);
  });
  if (topics.length === 0 || topicsLeft.length + checkpointsLeft.length > 0) {
    throw subjectNotCompleted(topicsLeft, checkpointsLeft);
  }
  return topics.length;
}

/** Reads only the texts that may ask something; a subject has some megabytes of others. */
async function topicsWithCheckpoints(
  ctx: ContentContext,
  topics: readonly TopicNode[],
): Promise<TopicNode[]> {
  const rows = await ctx.db.client.$queryRaw<{ id: string; markdown: string }[]>`
    SELECT id, markdown FROM topic
    WHERE id = ANY (${topics.map(({ id }) => id)}::text[])
      AND markdown ~ ${MAY_ASK}`;
  const asking = new Set(
    rows.flatMap(({ id, markdown }) =>
      readCheckpoints(markdown).checkpoints.length > 0 ? [id] : [],
    ),
  );
  return topics.filter(({ id }) => asking.has(id));
}
