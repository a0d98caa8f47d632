import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import type { Rewrite } from '../editing/index.ts';
import {
  forgetTopics,
  lockSubjectOfTopic,
  lockTopic,
  type TopicNode,
  topicNode,
  writeText,
} from '../topics/index.ts';
import { topicRevisionNotFound } from './errors.ts';
import { textOfRevision } from './service.ts';

const restoreInput = z.object({ revisionId: idOf('rev') });

/**
 * Gives a topic the text of one of its revisions, as differences to the text of the moment in one
 * transaction of the live document, so that cursors stay.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput`, `SubjectFull`, `TopicRevisionNotFound`.
 */
export async function restoreTopicRevision(
  ctx: ContentContext,
  input: unknown,
): Promise<{ topic: TopicNode }> {
  const { id: userId } = requireUser(ctx);
  const { revisionId } = parseInput(restoreInput, input);
  const revision = await ctx.loaders.revisionById.load(revisionId);
  const markdown = revision && (await textOfRevision(ctx, revision));
  if (!revision || markdown === null) throw topicRevisionNotFound();
  const { topicId } = revision;
  let rewrite: Rewrite | null = null;
  const topic = await ctx.db.inTransaction(async (tx) => {
    const locked = await lockSubjectOfTopic(ctx, tx, topicId, topicRevisionNotFound);
    await lockTopic(tx, topicId);
    rewrite = await writeText(ctx, tx, locked, markdown, userId, 'RESTORED');
    return tx.topic.findUniqueOrThrow({ where: { id: topicId }, select: topicNode });
  });
  if (rewrite) ctx.editing.hub.announce(topicId, rewrite);
  forgetTopics(ctx, topic);
  return { topic };
}
