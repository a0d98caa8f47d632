import { CivitasError } from '@civitas/platform/errors';
import { newId } from '@civitas/platform/ids';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import { asWritten, maskSolutions } from '../checkpoints/index.ts';
import type { ContentContext } from '../context.ts';
import type { SubjectRole, TopicComment } from '../generated/prisma/client.ts';
import { allows, findVisibleSubject, roleOf } from '../subjects/index.ts';
import { findVisibleTopic, topicNotFound } from '../topics/index.ts';
import { anchorOf, findQuote } from './anchor.ts';
import { MAX_THREADS, topicCommentsFull, topicCommentTextGone } from './errors.ts';

export const commentBody = text({ max: 10_000, multiline: true });

const addInput = z.object({
  topicId: idOf('top'),
  from: z.int().min(0, 'must not be negative.'),
  quote: z.string().min(1, 'must not be empty.').max(2_000, 'must have at most 2,000 characters.'),
  body: commentBody,
});

/**
 * Comments on a stretch of a topic's text of this moment, as everybody who edits it has it.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput`, `TopicCommentTextGone`, `TopicCommentsFull`, `TopicNotFound`.
 */
export async function addTopicComment(
  ctx: ContentContext,
  input: unknown,
): Promise<{ comment: TopicComment }> {
  const { id: authorId } = requireUser(ctx);
  const { topicId, from, quote, body } = parseInput(addInput, input);
  const topic = await findVisibleTopic(ctx, topicId);
  if (topic?.archiveRootId !== null) throw topicNotFound('topicId');
  const role = await requireCommenter(ctx, topic.subjectId);
  const room = await ctx.editing.hub.open(topicId);
  await room.catchUp();
  const { doc, epoch } = room.state;
  const written = doc.getText('content');
  // Nobody finds out by asking what stands in a text that they may not read.
  const read = allows(role, 'EDITOR') ? asWritten : maskSolutions;
  const range = findQuote(read(written.toString()), quote, from);
  if (!range) throw topicCommentTextGone();
  const { start, end } = anchorOf(written, range);
  const comment = await ctx.db.inTransaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM topic WHERE id = ${topicId} FOR NO KEY UPDATE`;
    const threads = await tx.topicComment.count({ where: { topicId, threadId: null } });
    if (threads >= MAX_THREADS) throw topicCommentsFull();
    return tx.topicComment.create({
      data: {
        id: newId('cmt'),
        ...{ topicId, authorId, body, quote, epoch },
        anchorStart: Buffer.from(start),
        anchorEnd: Buffer.from(end),
        createdAt: ctx.now(),
      },
    });
  });
  return { comment };
}

/**
 * @returns the viewer's role.
 * @throws CivitasError `FORBIDDEN` for a subject that the viewer may see.
 */
export async function requireCommenter(
  ctx: ContentContext,
  subjectId: string,
): Promise<SubjectRole> {
  const subject = await findVisibleSubject(ctx, subjectId);
  const role = subject && (await roleOf(ctx, subject));
  if (role && allows(role, 'COMMENTER')) return role;
  throw new CivitasError('FORBIDDEN');
}
