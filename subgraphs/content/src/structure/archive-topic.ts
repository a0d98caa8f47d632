import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext, ContentTransaction } from '../context.ts';
import { announceChange } from '../subjects/index.ts';
import {
  forgetTopics,
  lockSubjectOfTopic,
  type TopicNode,
  topicNode,
  topicNotFound,
} from '../topics/index.ts';
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
  const topic = await ctx.db.inTransaction(async (tx) => {
    const found = await lockSubjectOfTopic(ctx, tx, topicId, () => topicNotFound('topicId'));
    await putIntoArchive(tx, found, ctx.now());
    return tx.topic.findUniqueOrThrow({ where: { id: topicId }, select: topicNode });
  });
  forgetTopics(ctx, topic);
  announceChange(ctx, { subjectId: topic.subjectId, kind: 'TOPIC_REMOVED', topicId, userId });
  return { topic };
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
