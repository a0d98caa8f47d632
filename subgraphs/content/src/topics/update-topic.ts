import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import { type Rewrite, rewriteDocument } from '../editing/index.ts';
import { announceChange, SUBJECT_TITLE_LENGTH } from '../subjects/index.ts';
import { topicNotFound } from './errors.ts';
import { markdownText } from './markdown-text.ts';
import { type TopicNode, topicNode } from './queries.ts';
import { forgetTopics, growSubject, lockOwnSubject } from './service.ts';

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
    const found = await tx.topic.findUnique({
      where: { id: topicId },
      select: { subjectId: true },
    });
    if (!found) throw notFound();
    await lockOwnSubject(ctx, tx, found.subjectId, notFound);
    await tx.$queryRaw`SELECT id FROM topic WHERE id = ${topicId} FOR NO KEY UPDATE`;
    const before = await tx.topic.findUniqueOrThrow({ where: { id: topicId } });
    const title = change.title ?? before.title;
    const markdown = change.markdown ?? before.markdown;
    const bytes = Buffer.byteLength(markdown) - Buffer.byteLength(before.markdown);
    await growSubject(ctx, tx, found.subjectId, { topics: 0, bytes });
    if (change.markdown != null) {
      rewrite = await rewriteDocument(tx, topicId, markdown, { userId, now: ctx.now() });
    }
    isRenamed = title !== before.title;
    const heading = title === before.title ? before.heading : null;
    return tx.topic.update({
      where: { id: topicId },
      data: { title, markdown, heading, updatedAt: ctx.now() },
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
