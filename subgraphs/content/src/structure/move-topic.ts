import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import {
  growSubject,
  namesOneSibling,
  placeInput,
  placeOf,
  type TopicNode,
  twoSiblings,
} from '../topics/index.ts';
import { carrySubtree } from './carry-subtree.ts';
import { changeTopic } from './change-topic.ts';

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
  return changeTopic(ctx, { topicId, kind: 'TOPIC_MOVED', userId }, async (tx, moved) => {
    await carrySubtree(tx, moved, placeOf(wanted));
    await growSubject(ctx, tx, moved.subjectId, { topics: 0, bytes: 0 });
  });
}
