import type { ContentTransaction } from '../context.ts';
import { findPlace, MAX_DEPTH, type TopicNode, topicTooDeep } from '../topics/index.ts';
import { topicCycle } from './errors.ts';
import { readSubtree } from './subtree.ts';

interface WantedPlace {
  readonly parentId: string | null;
  readonly afterId: string | null;
  readonly beforeId: string | null;
}

/**
 * Puts a topic with all below it elsewhere in its subject, in one statement. The caller holds the lock
 * of the subject, without which two moves at once could make a circle.
 *
 * @throws UserFailure `TopicCycle`, `TopicNotFound`, `TopicTooDeep`.
 */
export async function carrySubtree(
  tx: ContentTransaction,
  topic: TopicNode,
  place: WantedPlace,
): Promise<void> {
  const subtree = await readSubtree(tx, topic.id);
  if (subtree.some(({ id }) => id === place.parentId)) throw topicCycle('parentId');
  const { depth, position } = await findPlace(tx, { subjectId: topic.subjectId, ...place });
  const down = depth - topic.depth;
  if (Math.max(...subtree.map((each) => each.depth)) + down > MAX_DEPTH) throw topicTooDeep();
  await tx.$executeRaw`
    UPDATE topic SET
      depth     = depth + ${down}::int,
      parent_id = CASE WHEN id = ${topic.id} THEN ${place.parentId} ELSE parent_id END,
      position  = CASE WHEN id = ${topic.id} THEN ${position} ELSE position END
    WHERE id = ANY (${subtree.map(({ id }) => id)}::text[])`;
}
