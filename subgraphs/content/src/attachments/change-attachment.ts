import { appendEvents } from '@civitas/platform/events';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext, ContentTransaction } from '../context.ts';
import type { TopicAttachment } from '../generated/prisma/client.ts';
import { lockSubjectOfTopic, type TopicNode } from '../topics/index.ts';
import { attachmentNotFound } from './errors.ts';
import { attachmentRemoved } from './events.ts';
import { altText } from './finish-upload.ts';
import { fileName } from './start-upload.ts';

const changeInput = z.object({
  attachmentId: idOf('att'),
  name: fileName.nullish(),
  altText: altText.nullish(),
});
const deleteInput = z.object({ attachmentId: idOf('att') });

/**
 * Changes what an attachment is called and what it shows.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput`, `AttachmentNotFound`.
 */
export async function changeAttachment(
  ctx: ContentContext,
  input: unknown,
): Promise<{ attachment: TopicAttachment }> {
  requireUser(ctx);
  const { attachmentId: id, name, altText: shown } = parseInput(changeInput, input);
  const attachment = await ctx.db.inTransaction(async (tx) => {
    await lockAttachment(ctx, tx, id);
    const data = { ...(name != null && { name }), ...(shown != null && { altText: shown }) };
    return tx.topicAttachment.update({ where: { id }, data });
  });
  return { attachment };
}

/**
 * Takes an attachment off its topic. Its file stays while anything else names it.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput`, `AttachmentNotFound`.
 */
export async function deleteAttachment(
  ctx: ContentContext,
  input: unknown,
): Promise<{ topic: TopicNode }> {
  requireUser(ctx);
  const { attachmentId: id } = parseInput(deleteInput, input);
  return ctx.db.inTransaction(async (tx) => {
    const { topic, attachment } = await lockAttachment(ctx, tx, id);
    await tx.topicAttachment.delete({ where: { id } });
    await appendEvents(tx, [attachmentRemoved(attachment, ctx.now())]);
    return { topic };
  });
}

async function lockAttachment(ctx: ContentContext, tx: ContentTransaction, id: string) {
  const found = await tx.topicAttachment.findUnique({ where: { id } });
  if (!found) throw attachmentNotFound();
  const topic = await lockSubjectOfTopic(ctx, tx, found.topicId, attachmentNotFound);
  const attachment = await tx.topicAttachment.findUnique({ where: { id } });
  if (!attachment) throw attachmentNotFound();
  return { topic, attachment };
}
