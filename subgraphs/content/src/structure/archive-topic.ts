import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext, ContentTransaction } from '../context.ts';
import type { TopicNode } from '../topics/index.ts';
import { changeTopic } from './change-topic.ts';
import { readSubtree } from './subtree.ts';

const archiveTopicInput = z.object({ topicId: idOf('top') });

/**
 * Takes a topic with all below it out of the tree, under the lock of the subject. What of it was
 * archived before stays an archived topic of its own.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput`, `TopicNotFound`.
 */
export async function archiveTopic(
  ctx: ContentContext,
  input: unknown,
): Promise<{ topic: TopicNode }> {
  const { id: userId } = requireUser(ctx);
  const { topicId } = parseInput(archiveTopicInput, input);
  return changeTopic(ctx, { topicId, kind: 'TOPIC_REMOVED', userId }, (tx, topic) =>
    putIntoArchive(tx, topic, ctx.now()),
  );
}

/** The caller holds the lock of the subject. */
export async function putIntoArchive(
  tx: ContentTransaction,
  { id, subjectId }: TopicNode,
  now: Date,
): Promise<void> {
  const subtree = await readSubtree(tx, id);
  const shown = subtree.filter(({ archiveRootId }) => archiveRootId === null);
  await tx.$executeRaw`
    UPDATE topic SET archive_root_id = ${id}, archived_at = ${now}
    WHERE id = ANY (${shown.map((topic) => topic.id)}::text[])`;
  await tx.$executeRaw`
    UPDATE subject SET topic_count          = topic_count - ${shown.length}::int,
                       archived_topic_count = archived_topic_count + ${shown.length}::int,
                       updated_at           = ${now}
    WHERE id = ${subjectId}`;
}
