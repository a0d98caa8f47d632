import type { UserFailure } from '@civitas/platform/errors';
import { parseId } from '@civitas/platform/ids';
import type { ContentContext, ContentTransaction } from '../context.ts';
import { allows, findVisibleSubject, lockSubject, roleOf } from '../subjects/index.ts';
import { subjectFull } from './errors.ts';
import { MAX_MARKDOWN_BYTES, MAX_TOPICS } from './limits.ts';
import { type TopicNode, topicNode } from './queries.ts';

/**
 * A topic of a subject the viewer may see, when it is archived one they may edit; null for any other.
 *
 * @throws CivitasError `MALFORMED_ID`.
 */
export async function findVisibleTopic(ctx: ContentContext, id: string): Promise<TopicNode | null> {
  const topic = await ctx.loaders.topicById.load(parseId('top', id));
  const subject = topic && (await findVisibleSubject(ctx, topic.subjectId));
  if (!subject) return null;
  const isShown = topic.archiveRootId === null || allows(await roleOf(ctx, subject), 'EDITOR');
  return isShown ? topic : null;
}

/**
 * Locks the subject of a topic that the viewer is about to change, and answers the topic as it is then.
 *
 * @param where the topic must be: in the tree, or the root of something archived.
 * @throws CivitasError `FORBIDDEN` for a subject that the viewer may see, but not edit.
 * @throws `notFound` when there is no such topic or the viewer may not see it.
 */
export async function lockSubjectOfTopic(
  ctx: ContentContext,
  tx: ContentTransaction,
  topicId: string,
  notFound: () => UserFailure,
  where: 'IN_TREE' | 'ARCHIVED' = 'IN_TREE',
): Promise<TopicNode> {
  const found = await tx.topic.findUnique({ where: { id: topicId }, select: { subjectId: true } });
  if (!found) throw notFound();
  await lockSubject(ctx, tx, found.subjectId, 'EDITOR', notFound);
  const topic = await tx.topic.findUnique({ where: { id: topicId }, select: topicNode });
  if (topic?.archiveRootId !== (where === 'IN_TREE' ? null : topicId)) throw notFound();
  return topic;
}

/** Locks the row of a topic whose text is about to change, behind its subject and before its document. */
export async function lockTopic(tx: ContentTransaction, topicId: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM topic WHERE id = ${topicId} FOR NO KEY UPDATE`;
}

/**
 * Counts topics and bytes into a subject and marks it as changed, in one statement.
 *
 * @throws UserFailure `SubjectFull`.
 */
export async function growSubject(
  ctx: ContentContext,
  tx: ContentTransaction,
  subjectId: string,
  by: { readonly topics: number; readonly bytes: number },
): Promise<void> {
  const counted = await tx.$executeRaw`
    UPDATE subject SET topic_count    = topic_count + ${by.topics}::int,
                       markdown_bytes = markdown_bytes + ${by.bytes}::int,
                       updated_at     = ${ctx.now()}
    WHERE id = ${subjectId}
      AND topic_count + archived_topic_count + ${by.topics}::int <= ${MAX_TOPICS}
      AND markdown_bytes + ${by.bytes}::int <= ${MAX_MARKDOWN_BYTES}`;
  if (counted === 0) throw subjectFull();
}

/** Called after a change, so that a later field of the same document reads anew. */
export function forgetTopics(ctx: ContentContext, topic: TopicNode): void {
  const { subjectById, topicById, topicChildren, topicText, topicTree } = ctx.loaders;
  subjectById.clear(topic.subjectId);
  topicById.clear(topic.id);
  topicText.clear(topic.id);
  topicTree.clearAll();
  topicChildren.clearAll();
}
