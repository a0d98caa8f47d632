import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import type { Enrolment } from '../generated/prisma/client.ts';
import { findVisibleTopic, type TopicNode, topicNotFound } from '../topics/index.ts';
import { forgetLearning, lockEnrolment } from './enrolling.ts';

const visitTopicInput = z.object({ topicId: idOf('top') });
const markTopicDoneInput = visitTopicInput.extend({ done: z.boolean() });

/**
 * Remembers the topic as the one the viewer was at last.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 * @throws UserFailure `InvalidInput`, `TopicNotFound`, `NotEnrolled`.
 */
export async function visitTopic(
  ctx: ContentContext,
  input: unknown,
): Promise<{ enrolment: Enrolment }> {
  requireUser(ctx);
  const { topicId } = parseInput(visitTopicInput, input);
  return changeTopic(ctx, topicId, null);
}

/**
 * Marks a topic as done by the viewer, or takes that back.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 * @throws UserFailure `InvalidInput`, `TopicNotFound`, `NotEnrolled`.
 */
export async function markTopicDone(
  ctx: ContentContext,
  input: unknown,
): Promise<{ topic: TopicNode; enrolment: Enrolment }> {
  requireUser(ctx);
  const { topicId, done } = parseInput(markTopicDoneInput, input);
  return changeTopic(ctx, topicId, done);
}

async function changeTopic(ctx: ContentContext, topicId: string, done: boolean | null) {
  const { id: userId } = requireUser(ctx);
  const topic = await findVisibleTopic(ctx, topicId);
  if (!topic) throw topicNotFound('topicId');
  const { subjectId } = topic;
  const enrolment = await ctx.db.inTransaction(async (tx) => {
    await lockEnrolment(tx, { subjectId, userId }, 'topicId');
    const row = { subjectId, userId, topicId };
    if (done === true) {
      await tx.topicDone.createMany({
        data: [{ ...row, doneAt: ctx.now() }],
        skipDuplicates: true,
      });
    } else if (done === false) {
      await tx.topicDone.deleteMany({ where: row });
    }
    return tx.enrolment.update({
      where: { subjectId_userId: { subjectId, userId } },
      data: { lastTopicId: topicId },
    });
  });
  forgetLearning(ctx, subjectId);
  return { topic, enrolment };
}
