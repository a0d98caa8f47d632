import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import type { Rewrite } from '../editing/index.ts';
import { announceChange, SUBJECT_TITLE_LENGTH } from '../subjects/index.ts';
import { topicNotFound } from './errors.ts';
import { markdownText } from './markdown-text.ts';
import { type TopicNode, topicNode } from './queries.ts';
import { forgetTopics, growSubject, lockSubjectOfTopic, lockTopic } from './service.ts';
import { writeText } from './write-text.ts';

const updateTopicInput = z.object({
  topicId: idOf('top'),
  title: text({ max: SUBJECT_TITLE_LENGTH }).nullish(),
  markdown: markdownText.nullish(),
});

/**
 * Changes a topic of the viewer, in one transaction under the lock of its subject. A new title
 * takes the place of the heading as it was imported. While the topic is edited live, a new text becomes
 * differences that leave the others' cursors where they are.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput`, `TopicNotFound`, `SubjectFull`.
 */
export async function updateTopic(
  ctx: ContentContext,
  input: unknown,
): Promise<{ topic: TopicNode }> {
  const { id: userId } = requireUser(ctx);
  const { topicId, ...change } = parseInput(updateTopicInput, input);
  const notFound = () => topicNotFound('topicId');
  let rewrite: Rewrite | null = null;
  let isRenamed = false;
  const topic = await ctx.db.inTransaction(async (tx) => {
    const { subjectId } = await lockSubjectOfTopic(ctx, tx, topicId, notFound);
    await lockTopic(tx, topicId);
    const before = await tx.topic.findUniqueOrThrow({ where: { id: topicId }, select: topicNode });
    const title = change.title ?? before.title;
    if (change.markdown == null) await growSubject(ctx, tx, subjectId, { topics: 0, bytes: 0 });
    else rewrite = await writeText(ctx, tx, before, change.markdown, userId);
    isRenamed = title !== before.title;
    const heading = title === before.title ? before.heading : null;
    return tx.topic.update({
      where: { id: topicId },
      data: { title, heading, updatedAt: ctx.now() },
      select: topicNode,
    });
  });
  if (rewrite) ctx.editing.hub.announce(topicId, rewrite);
  forgetTopics(ctx, topic);
  if (isRenamed) {
    announceChange(ctx, { subjectId: topic.subjectId, kind: 'TOPIC_RENAMED', topicId, userId });
  }
  return { topic };
}
