import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import { readTexts } from '../editing/index.ts';
import type { TopicRevision } from '../generated/prisma/client.ts';
import { recordRevision } from '../history/index.ts';
import { lockSubjectOfTopic, lockTopic, topicNotFound } from '../topics/index.ts';

const saveInput = z.object({ topicId: idOf('top'), name: text({ max: 100 }) });

/**
 * Keeps a topic's present text under a name, what was pushed up to this moment included.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput`, `TopicNotFound`.
 */
export async function saveTopicRevision(
  ctx: ContentContext,
  input: unknown,
): Promise<{ revision: TopicRevision }> {
  const { id: userId } = requireUser(ctx);
  const { topicId, name } = parseInput(saveInput, input);
  const revision = await ctx.db.inTransaction(async (tx) => {
    await lockSubjectOfTopic(ctx, tx, topicId, () => topicNotFound('topicId'));
    await lockTopic(tx, topicId);
    const { markdown: before } = await tx.topic.findUniqueOrThrow({
      where: { id: topicId },
      select: { markdown: true },
    });
    const markdown = (await readTexts(tx, [topicId])).get(topicId) ?? before;
    const now = ctx.now();
    return recordRevision(tx, {
      ...{ topicId, markdown, before, name, now },
      kind: 'NAMED',
      authorIds: [userId],
    });
  });
  return { revision };
}
