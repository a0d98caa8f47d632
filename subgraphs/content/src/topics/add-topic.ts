import { newId } from '@civitas/platform/ids';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import { keepReferences } from '../references/index.ts';
import {
  announceChange,
  lockSubject,
  SUBJECT_TITLE_LENGTH,
  subjectNotFound,
} from '../subjects/index.ts';
import { markdownText } from './markdown-text.ts';
import { findPlace } from './place.ts';
import { namesOneSibling, placeInput, placeOf, twoSiblings } from './place-input.ts';
import { type TopicNode, topicNode } from './queries.ts';
import { forgetTopics, growSubject } from './service.ts';

const addTopicInput = z
  .object({
    subjectId: idOf('sub'),
    title: text({ max: SUBJECT_TITLE_LENGTH }),
    markdown: markdownText,
    ...placeInput,
  })
  .refine(namesOneSibling, twoSiblings);

/**
 * Adds a topic to a subject of the viewer and counts it, in one transaction under the lock of the
 * subject.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput`, `SubjectNotFound`, `TopicNotFound`, `TopicTooDeep`,
 * `SubjectFull`.
 */
export async function addTopic(ctx: ContentContext, input: unknown): Promise<{ topic: TopicNode }> {
  const { id: userId } = requireUser(ctx);
  const { subjectId, title, markdown, ...wanted } = parseInput(addTopicInput, input);
  const { parentId, ...siblings } = placeOf(wanted);
  const topic = await ctx.db.inTransaction(async (tx) => {
    await lockSubject(ctx, tx, subjectId, 'EDITOR', subjectNotFound);
    const place = await findPlace(tx, { subjectId, parentId, ...siblings });
    await growSubject(ctx, tx, subjectId, { topics: 1, bytes: Buffer.byteLength(markdown) });
    const now = ctx.now();
    const created = await tx.topic.create({
      data: {
        id: newId('top'),
        subjectId,
        parentId,
        ...place,
        title,
        markdown,
        createdAt: now,
        updatedAt: now,
      },
      select: topicNode,
    });
    await keepReferences(tx, { ...created, markdown });
    return created;
  });
  forgetTopics(ctx, topic);
  announceChange(ctx, { subjectId, kind: 'TOPIC_ADDED', topicId: topic.id, userId });
  return { topic };
}
