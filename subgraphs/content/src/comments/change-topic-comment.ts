import { CivitasError } from '@civitas/platform/errors';
import { newId } from '@civitas/platform/ids';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import type { TopicComment } from '../generated/prisma/client.ts';
import { allows, findVisibleSubject, roleOf } from '../subjects/index.ts';
import { findVisibleTopic, type TopicNode } from '../topics/index.ts';
import { commentBody, requireCommenter } from './add-topic-comment.ts';
import { MAX_ANSWERS, topicCommentNotFound, topicCommentsFull } from './errors.ts';

const bodyInput = z.object({ commentId: idOf('cmt'), body: commentBody });
const resolveInput = z.object({ commentId: idOf('cmt'), resolved: z.boolean() });
const deleteInput = z.object({ commentId: idOf('cmt') });

/**
 * Answers in a thread; answers the thread.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput`, `TopicCommentNotFound`, `TopicCommentsFull`.
 */
export async function answerTopicComment(
  ctx: ContentContext,
  input: unknown,
): Promise<{ comment: TopicComment }> {
  const { id: authorId } = requireUser(ctx);
  const { commentId, body } = parseInput(bodyInput, input);
  const { comment: found, topic } = await findComment(ctx, commentId);
  await requireCommenter(ctx, topic.subjectId);
  const threadId = found.threadId ?? found.id;
  const comment = await ctx.db.inTransaction(async (tx) => {
    // Who deletes the thread meanwhile takes the answer with it, or comes first.
    await tx.$queryRaw`SELECT id FROM topic_comment WHERE id = ${threadId} FOR UPDATE`;
    const thread = await tx.topicComment.findUnique({ where: { id: threadId } });
    if (!thread) throw topicCommentNotFound();
    if ((await tx.topicComment.count({ where: { threadId } })) >= MAX_ANSWERS)
      throw topicCommentsFull();
    const { topicId } = thread;
    const id = newId('cmt');
    await tx.topicComment.create({
      data: { id, topicId, threadId, authorId, body, createdAt: ctx.now() },
    });
    return thread;
  });
  ctx.loaders.commentAnswers.clearAll();
  return { comment };
}

/**
 * Changes what the viewer has said.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN` for what somebody else has said.
 * @throws UserFailure `InvalidInput`, `TopicCommentNotFound`.
 */
export async function editTopicComment(
  ctx: ContentContext,
  input: unknown,
): Promise<{ comment: TopicComment }> {
  const viewer = requireUser(ctx);
  const { commentId, body } = parseInput(bodyInput, input);
  const { comment: found } = await findComment(ctx, commentId);
  if (found.authorId !== viewer.id) throw new CivitasError('FORBIDDEN');
  const comment = await change(ctx, commentId, { body, editedAt: ctx.now() });
  return { comment };
}

/**
 * Marks a thread as settled, or no longer; the first who settles it is remembered.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput`, `TopicCommentNotFound` for an answer too.
 */
export async function resolveTopicComment(
  ctx: ContentContext,
  input: unknown,
): Promise<{ comment: TopicComment }> {
  const viewer = requireUser(ctx);
  const { commentId, resolved } = parseInput(resolveInput, input);
  const { comment: found, topic } = await findComment(ctx, commentId);
  if (found.threadId !== null) throw topicCommentNotFound();
  await requireCommenter(ctx, topic.subjectId);
  if ((found.resolvedAt !== null) === resolved) return { comment: found };
  const settled = { resolvedAt: ctx.now(), resolvedBy: viewer.id };
  const open = { resolvedAt: null, resolvedBy: null };
  return { comment: await change(ctx, commentId, resolved ? settled : open) };
}

/**
 * Deletes a comment, the first of a thread with all answers.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput`, `TopicCommentNotFound`.
 */
export async function deleteTopicComment(
  ctx: ContentContext,
  input: unknown,
): Promise<{ topic: TopicNode }> {
  const viewer = requireUser(ctx);
  const { commentId } = parseInput(deleteInput, input);
  const { comment, topic } = await findComment(ctx, commentId);
  const subject = await findVisibleSubject(ctx, topic.subjectId);
  const isEditor = subject && allows(await roleOf(ctx, subject), 'EDITOR');
  if (comment.authorId !== viewer.id && !isEditor) throw new CivitasError('FORBIDDEN');
  await ctx.db.client.topicComment.deleteMany({ where: { id: commentId } });
  ctx.loaders.commentAnswers.clearAll();
  return { topic };
}

async function findComment(ctx: ContentContext, id: string) {
  const comment = await ctx.db.client.topicComment.findUnique({ where: { id } });
  const topic = comment && (await findVisibleTopic(ctx, comment.topicId));
  if (!comment || !topic) throw topicCommentNotFound();
  return { comment, topic };
}

async function change(
  ctx: ContentContext,
  id: string,
  data: Partial<TopicComment>,
): Promise<TopicComment> {
  const { count } = await ctx.db.client.topicComment.updateMany({ where: { id }, data });
  const comment = await ctx.db.client.topicComment.findUnique({ where: { id } });
  if (count === 0 || !comment) throw topicCommentNotFound();
  ctx.loaders.commentAnswers.clearAll();
  return comment;
}
