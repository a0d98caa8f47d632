import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext, ContentTransaction } from '../context.ts';
import type { TopicNode } from '../topics/index.ts';
import { carrySubtree } from './carry-subtree.ts';
import { changeTopic } from './change-topic.ts';

const restoreTopicInput = z.object({ topicId: idOf('top') });

/**
 * Puts an archived topic back into the tree with what was archived with it, under the lock of the
 * subject. There is always room: what is archived keeps counting.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput`, `TopicNotFound` for what is not the root of something archived.
 */
export async function restoreTopic(
  ctx: ContentContext,
  input: unknown,
): Promise<{ topic: TopicNode }> {
  const { id: userId } = requireUser(ctx);
  const { topicId } = parseInput(restoreTopicInput, input);
  const wanted = { topicId, kind: 'TOPIC_RESTORED', userId, where: 'ARCHIVED' } as const;
  return changeTopic(ctx, wanted, async (tx, found) => {
    const shownParent = await nearestShown(tx, found.parentId);
    if (shownParent !== found.parentId) {
      await carrySubtree(tx, found, { parentId: shownParent, afterId: null, beforeId: null });
    }
    const count = await tx.$executeRaw`
      UPDATE topic SET archive_root_id = NULL, archived_at = NULL
      WHERE subject_id = ${found.subjectId} AND archive_root_id = ${topicId}`;
    await tx.$executeRaw`
      UPDATE subject SET topic_count          = topic_count + ${count}::int,
                         archived_topic_count = archived_topic_count - ${count}::int,
                         updated_at           = ${ctx.now()}
      WHERE id = ${found.subjectId}`;
  });
}

/** A tree has 32 levels at most. */
async function nearestShown(
  tx: ContentTransaction,
  parentId: string | null,
): Promise<string | null> {
  if (parentId === null) return null;
  const parent = await tx.topic.findUniqueOrThrow({
    where: { id: parentId },
    select: { parentId: true, archiveRootId: true },
  });
  return parent.archiveRootId === null ? parentId : nearestShown(tx, parent.parentId);
}
