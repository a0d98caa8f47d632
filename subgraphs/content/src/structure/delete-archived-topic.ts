import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import type { Subject } from '../generated/prisma/client.ts';
import { forgetTopics, lockSubjectOfTopic, topicNotFound } from '../topics/index.ts';
import { readSubtree } from './subtree.ts';

const deleteArchivedTopicInput = z.object({ topicId: idOf('top') });

/**
 * Deletes an archived topic with all below it, under the lock of the subject.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput`, `TopicNotFound` for what is not the root of something archived.
 */
export async function deleteArchivedTopic(
  ctx: ContentContext,
  input: unknown,
): Promise<{ subject: Subject }> {
  requireUser(ctx);
  const { topicId } = parseInput(deleteArchivedTopicInput, input);
  const notFound = () => topicNotFound('topicId');
  return ctx.db.inTransaction(async (tx) => {
    const topic = await lockSubjectOfTopic(ctx, tx, topicId, notFound, 'ARCHIVED');
    const ids = (await readSubtree(tx, topicId)).map(({ id }) => id);
    const [removed] = await tx.$queryRaw<{ count: number; bytes: number }[]>`
      WITH removed AS (DELETE FROM topic WHERE id = ANY (${ids}::text[]) RETURNING markdown)
      SELECT count(*)::int AS count, coalesce(sum(octet_length(markdown)), 0)::int AS bytes
      FROM removed`;
    const subject = await tx.subject.update({
      where: { id: topic.subjectId },
      data: {
        archivedTopicCount: { decrement: removed?.count ?? 0 },
        markdownBytes: { decrement: removed?.bytes ?? 0 },
        updatedAt: ctx.now(),
      },
    });
    forgetTopics(ctx, topic);
    return { subject };
  });
}
