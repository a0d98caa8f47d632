import { UserFailure } from '@civitas/platform/errors';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import { copyAttachments } from '../attachments/index.ts';
import type { ContentContext, ContentTransaction } from '../context.ts';
import { type Rewrite, readTexts } from '../editing/index.ts';
import { announceChange } from '../subjects/index.ts';
import {
  forgetTopics,
  lockSubjectOfTopic,
  lockTopic,
  MAX_TOPIC_MARKDOWN_LENGTH,
  type TopicNode,
  topicNode,
  topicNotFound,
  writeText,
} from '../topics/index.ts';
import { putIntoArchive } from './archive-topic.ts';
import { carrySubtree } from './carry-subtree.ts';
import { topicCycle } from './errors.ts';
import { readSubtree } from './subtree.ts';

const mergeTopicsInput = z.object({
  intoId: idOf('top'),
  fromId: idOf('top'),
  keepTitle: z.boolean(),
});

/**
 * Makes one topic of two, in one transaction under the lock of the subject; what is taken in goes to the
 * archive as it was.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `AttachmentsFull`, `InvalidInput`, `SubjectFull`, `TopicCycle`, `TopicNotFound`, `TopicTooDeep`.
 */
export async function mergeTopics(
  ctx: ContentContext,
  input: unknown,
): Promise<{ topic: TopicNode }> {
  const { id: userId } = requireUser(ctx);
  const { intoId, fromId, keepTitle } = parseInput(mergeTopicsInput, input);
  let rewrite: Rewrite | null = null;
  const topic = await ctx.db.inTransaction(async (tx) => {
    const into = await lockSubjectOfTopic(ctx, tx, intoId, () => topicNotFound('intoId'));
    const from = await tx.topic.findUnique({
      where: { id: fromId, subjectId: into.subjectId, archiveRootId: null },
      select: topicNode,
    });
    if (!from) throw topicNotFound('fromId');
    const subtree = await readSubtree(tx, fromId);
    if (subtree.some(({ id }) => id === intoId)) throw topicCycle('fromId');
    await lockTopic(tx, intoId);
    await lockTopic(tx, fromId);
    const texts = await readTexts(tx, [intoId, fromId]);
    const title = keepTitle ? headingOf(from) : null;
    const text = joinTexts(texts.get(intoId) ?? '', title, texts.get(fromId) ?? '');
    if (text.length > MAX_TOPIC_MARKDOWN_LENGTH) throw tooLong();
    rewrite = await writeText(ctx, tx, into, text, userId);
    const copies = new Map([[fromId, { topicId: intoId }]]);
    await copyAttachments(tx, copies, into.subjectId, ctx.now());
    await carryChildren(tx, { fromId, intoId });
    await putIntoArchive(tx, from, ctx.now());
    return tx.topic.findUniqueOrThrow({ where: { id: intoId }, select: topicNode });
  });
  if (rewrite) ctx.editing.hub.announce(intoId, rewrite);
  forgetTopics(ctx, topic);
  forgetTopics(ctx, { ...topic, id: fromId });
  const { subjectId } = topic;
  announceChange(ctx, { subjectId, kind: 'TOPIC_MOVED', topicId: intoId, userId });
  announceChange(ctx, { subjectId, kind: 'TOPIC_REMOVED', topicId: fromId, userId });
  return { topic };
}

/** As it was imported, or of the level at which an export would write it. */
function headingOf({ heading, title, depth }: TopicNode): string {
  return heading?.trimEnd() || `${'#'.repeat(Math.min(depth + 1, 6))} ${title}`;
}

function joinTexts(before: string, title: string | null, after: string): string {
  const parts = [before, title ?? '', after].map((part) => part.replace(/^\n+|\n+$/g, ''));
  const text = parts.filter((part) => part !== '').join('\n\n');
  return text === '' ? '' : `${text}\n`;
}

async function carryChildren(
  tx: ContentTransaction,
  { fromId, intoId }: { readonly fromId: string; readonly intoId: string },
): Promise<void> {
  const children = await tx.topic.findMany({
    where: { parentId: fromId, archiveRootId: null },
    orderBy: { position: 'asc' },
    select: topicNode,
  });
  for (const child of children) {
    await carrySubtree(tx, child, { parentId: intoId, afterId: null, beforeId: null });
  }
}

function tooLong(): UserFailure {
  const message = 'The two texts together have more than 250,000 characters.';
  return new UserFailure('InvalidInput', message, ['input', 'fromId']);
}
