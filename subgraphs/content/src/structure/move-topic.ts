import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import { announceChange } from '../subjects/index.ts';
import {
  forgetTopics,
  growSubject,
  lockSubjectOfTopic,
  namesOneSibling,
  placeInput,
  placeOf,
  type TopicNode,
  topicNode,
  topicNotFound,
  twoSiblings,
} from '../topics/index.ts';
import { carrySubtree } from './carry-subtree.ts';

const moveTopicInput = z
  .object({ topicId: idOf('top'), ...placeInput })
  .refine(namesOneSibling, twoSiblings);

/**
 * Moves a topic with all below it within its subject, under the lock of the subject.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput`, `TopicCycle`, `TopicNotFound`, `TopicTooDeep`.
 */
export async function moveTopic(
  ctx: ContentContext,
  input: unknown,
): Promise<{ topic: TopicNode }> {
  const { id: userId } = requireUser(ctx);
  const { topicId, ...wanted } = parseInput(moveTopicInput, input);
  const topic = await ctx.db.inTransaction(async (tx) => {
    const notFound = () => topicNotFound('topicId');
    const moved = await lockSubjectOfTopic(ctx, tx, topicId, notFound);
    await carrySubtree(tx, moved, placeOf(wanted));
    await growSubject(ctx, tx, moved.subjectId, { topics: 0, bytes: 0 });
    return tx.topic.findUniqueOrThrow({ where: { id: topicId }, select: topicNode });
  });
  forgetTopics(ctx, topic);
  announceChange(ctx, { subjectId: topic.subjectId, kind: 'TOPIC_MOVED', topicId, userId });
  return { topic };
}
