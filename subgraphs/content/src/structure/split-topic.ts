import { UserFailure } from '@civitas/platform/errors';
import { newId } from '@civitas/platform/ids';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import { copyAttachments } from '../attachments/index.ts';
import type { ContentContext } from '../context.ts';
import { type Rewrite, readTexts } from '../editing/index.ts';
import { keepReferences } from '../references/index.ts';
import { announceChange, subjectTitle } from '../subjects/index.ts';
import {
  findPlace,
  forgetTopics,
  growSubject,
  lockSubjectOfTopic,
  lockTopic,
  type TopicNode,
  topicNode,
  topicNotFound,
  writeText,
} from '../topics/index.ts';

const splitTopicInput = z.object({ topicId: idOf('top'), at: z.int(), title: subjectTitle });

/**
 * Divides a topic's present text in two, in one transaction under the lock of the subject; who edits it
 * live sees the second part go.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `AttachmentsFull`, `InvalidInput`, `SubjectFull`, `TopicNotFound`.
 */
export async function splitTopic(
  ctx: ContentContext,
  input: unknown,
): Promise<{ topic: TopicNode; newTopic: TopicNode }> {
  const { id: userId } = requireUser(ctx);
  const { topicId, at, title } = parseInput(splitTopicInput, input);
  let rewrite: Rewrite | null = null;
  const split = await ctx.db.inTransaction(async (tx) => {
    const { subjectId, parentId } = await lockSubjectOfTopic(ctx, tx, topicId, () =>
      topicNotFound('topicId'),
    );
    await lockTopic(tx, topicId);
    const text = (await readTexts(tx, [topicId])).get(topicId) ?? '';
    if (!isBoundary(text, at)) throw noBoundary(text.length);
    const place = { subjectId, parentId, afterId: topicId, beforeId: null };
    const { depth, position } = await findPlace(tx, place);
    const markdown = text.slice(at);
    // The shorter text first, so that a full subject can be split too.
    rewrite = await writeText(ctx, tx, { id: topicId, subjectId }, text.slice(0, at), userId);
    await growSubject(ctx, tx, subjectId, { topics: 1, bytes: Buffer.byteLength(markdown) });
    const now = ctx.now();
    const stamps = { createdAt: now, updatedAt: now };
    const newTopic = await tx.topic.create({
      data: { id: newId('top'), subjectId, parentId, depth, position, title, markdown, ...stamps },
      select: topicNode,
    });
    await keepReferences(tx, { ...newTopic, markdown });
    const copies = new Map([[topicId, { topicId: newTopic.id, markdown }]]);
    await copyAttachments(tx, copies, subjectId, now);
    const topic = await tx.topic.findUniqueOrThrow({ where: { id: topicId }, select: topicNode });
    return { topic, newTopic };
  });
  if (rewrite) ctx.editing.hub.announce(topicId, rewrite);
  forgetTopics(ctx, split.topic);
  const { subjectId, id: newTopicId } = split.newTopic;
  announceChange(ctx, { subjectId, kind: 'TOPIC_ADDED', topicId: newTopicId, userId });
  return split;
}

function isBoundary(text: string, at: number): boolean {
  if (at < 0 || at > text.length) return false;
  const before = text.charCodeAt(at - 1);
  return !(before >= 0xd800 && before <= 0xdbff);
}

function noBoundary(length: number): UserFailure {
  const message = `\`input.at\`: must be between two characters of the text, which has ${length}.`;
  return new UserFailure('InvalidInput', message, ['input', 'at']);
}
