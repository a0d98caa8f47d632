import type { ContentTransaction } from '../context.ts';
import { type TopicNode, topicNode } from '../topics/index.ts';

/**
 * A topic and all below it, the topic first, then by level and position; those archived on their own
 * too. The caller holds the lock of the subject.
 */
export async function readSubtree(
  tx: ContentTransaction,
  rootId: string,
): Promise<readonly TopicNode[]> {
  const found = await tx.$queryRaw<{ id: string }[]>`
    WITH RECURSIVE tree AS (
      SELECT id FROM topic WHERE id = ${rootId}
      UNION ALL
      SELECT child.id FROM topic AS child JOIN tree ON child.parent_id = tree.id
    )
    SELECT id FROM tree`;
  return tx.topic.findMany({
    where: { id: { in: found.map(({ id }) => id) } },
    select: topicNode,
    orderBy: [{ depth: 'asc' }, { position: 'asc' }],
  });
}
