import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import { carryAnchors } from '../comments/index.ts';
import type { ContentContext, ContentTransaction } from '../context.ts';
import { readTexts, restartDocument } from '../editing/index.ts';
import { keepReferences } from '../references/index.ts';
import { lockSubject } from '../subjects/index.ts';
import {
  findVisibleTopic,
  forgetTopics,
  growSubject,
  lockTopic,
  type TopicNode,
  topicNode,
  topicNotFound,
} from '../topics/index.ts';

const purgeInput = z.object({ topicId: idOf('top') });

/** A role on the whole platform, see `UserViewer`. */
const MODERATOR = 'MODERATOR';

/**
 * Removes all that a topic was before its present text: revisions, log, snapshot, and whose client ids
 * were. Live editing goes on in the next epoch. Files that nothing names any more are collected later.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput`, `SubjectFull` when the live text does not fit, `TopicNotFound`.
 */
export async function purgeTopicHistory(
  ctx: ContentContext,
  input: unknown,
): Promise<{ topic: TopicNode }> {
  requireUser(ctx);
  const { topicId } = parseInput(purgeInput, input);
  const notFound = () => topicNotFound('topicId');
  const found = await findVisibleTopic(ctx, topicId);
  if (!found) throw notFound();
  const { topic, restart } = await ctx.db.inTransaction(async (tx) => {
    await lockForPurge(ctx, tx, found.subjectId);
    await lockTopic(tx, topicId);
    const markdown = await bringUpToDate(ctx, tx, found);
    if (markdown === undefined) throw notFound();
    const restarted = await restartDocument(tx, topicId, ctx.now());
    if (restarted) await carryAnchors(tx, topicId, restarted);
    await tx.topicRevision.deleteMany({ where: { topicId } });
    const where = { id: topicId };
    const present = await tx.topic.findUniqueOrThrow({ where, select: topicNode });
    return { topic: present, restart: restarted };
  });
  if (restart) ctx.editing.hub.announce(topicId, restart.rewrite);
  forgetTopics(ctx, topic);
  return { topic };
}

async function lockForPurge(
  ctx: ContentContext,
  tx: ContentTransaction,
  subjectId: string,
): Promise<void> {
  const { roles } = requireUser(ctx);
  // They see the topic, or we would not be here.
  if (!roles.includes(MODERATOR)) {
    await lockSubject(ctx, tx, subjectId, 'OWNER', () => topicNotFound('topicId'));
  } else await tx.$queryRaw`SELECT id FROM subject WHERE id = ${subjectId} FOR UPDATE`;
}

/** Live edits go into the topic; undefined when it is gone. */
async function bringUpToDate(
  ctx: ContentContext,
  tx: ContentTransaction,
  { id, subjectId }: TopicNode,
): Promise<string | undefined> {
  const row = await tx.topic.findUnique({ where: { id }, select: { markdown: true } });
  const markdown = (await readTexts(tx, [id])).get(id);
  if (!row || markdown === undefined || markdown === row.markdown) return markdown;
  const bytes = Buffer.byteLength(markdown) - Buffer.byteLength(row.markdown);
  await growSubject(ctx, tx, subjectId, { topics: 0, bytes });
  const data = { markdown, updatedAt: ctx.now() };
  await tx.topic.update({ where: { id }, data, select: { id: true } });
  await keepReferences(tx, { id, subjectId, markdown });
  return markdown;
}
