import type { ContentContext, ContentTransaction } from '../context.ts';
import { announceChange, type SubjectChange } from '../subjects/index.ts';
import {
  forgetTopics,
  lockSubjectOfTopic,
  type TopicNode,
  topicNode,
  topicNotFound,
} from '../topics/index.ts';

interface TopicChange {
  readonly topicId: string;
  /** What those who follow the subject are told. */
  readonly kind: SubjectChange['kind'];
  readonly userId: string;
  /** Where the topic must be. */
  readonly where?: 'ARCHIVED' | 'IN_TREE';
}

/**
 * One change of where a topic stands: in one transaction under the lock of its subject, told afterwards.
 *
 * @returns the topic as it is then.
 * @throws CivitasError `FORBIDDEN`.
 * @throws UserFailure `TopicNotFound`, and what `change` throws.
 */
export async function changeTopic(
  ctx: ContentContext,
  { topicId, kind, userId, where = 'IN_TREE' }: TopicChange,
  change: (tx: ContentTransaction, topic: TopicNode) => Promise<void>,
): Promise<{ topic: TopicNode }> {
  const topic = await ctx.db.inTransaction(async (tx) => {
    const notFound = () => topicNotFound('topicId');
    await change(tx, await lockSubjectOfTopic(ctx, tx, topicId, notFound, where));
    return tx.topic.findUniqueOrThrow({ where: { id: topicId }, select: topicNode });
  });
  forgetTopics(ctx, topic);
  announceChange(ctx, { subjectId: topic.subjectId, kind, topicId, userId });
  return { topic };
}
