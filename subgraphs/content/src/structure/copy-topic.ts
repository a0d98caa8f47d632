import { newId } from '@civitas/platform/ids';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import { copyAttachments } from '../attachments/index.ts';
import { readingOf } from '../checkpoints/index.ts';
import type { ContentContext, ContentTransaction } from '../context.ts';
import { readTexts } from '../editing/index.ts';
import { insertReferences } from '../references/index.ts';
import { announceChange, lockSubject, subjectNotFound } from '../subjects/index.ts';
import {
  findPlace,
  findVisibleTopic,
  forgetTopics,
  growSubject,
  insertTopics,
  MAX_DEPTH,
  type NewTopic,
  namesOneSibling,
  placeInput,
  placeOf,
  type TopicNode,
  topicNode,
  topicNotFound,
  topicTooDeep,
  twoSiblings,
} from '../topics/index.ts';
import { readSubtree } from './subtree.ts';

const copyTopicInput = z
  .object({ topicId: idOf('top'), subjectId: idOf('sub').nullish(), ...placeInput })
  .refine(namesOneSibling, twoSiblings);

/**
 * Copies what the viewer may see of a topic and all below it into a subject that they may edit, without
 * what is archived, under the lock of that subject.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `AttachmentsFull`, `InvalidInput`, `SubjectFull`, `SubjectNotFound`, `TopicNotFound`,
 * `TopicTooDeep`.
 */
export async function copyTopic(
  ctx: ContentContext,
  input: unknown,
): Promise<{ topic: TopicNode }> {
  const { id: userId } = requireUser(ctx);
  const { topicId, subjectId: wantedSubject, ...wanted } = parseInput(copyTopicInput, input);
  const source = await findVisibleTopic(ctx, topicId);
  if (!source) throw topicNotFound('topicId');
  const subjectId = wantedSubject ?? source.subjectId;
  const read = await readingOf(ctx, source.subjectId);
  const topic = await ctx.db.inTransaction(async (tx) => {
    await lockSubject(ctx, tx, subjectId, 'EDITOR', subjectNotFound);
    const all = await readSubtree(tx, topicId);
    const originals = all.filter(({ archiveRootId }) => archiveRootId === source.archiveRootId);
    const [root] = originals;
    if (!root) throw topicNotFound('topicId');
    const place = placeOf(wanted);
    const { depth, position } = await findPlace(tx, { subjectId, ...place });
    const down = depth - root.depth;
    if (Math.max(...originals.map((each) => each.depth)) + down > MAX_DEPTH) throw topicTooDeep();
    const copies = await makeCopies(tx, originals, { read, down });
    const bytes = copies.reduce((sum, { markdown }) => sum + Buffer.byteLength(markdown), 0);
    await growSubject(ctx, tx, subjectId, { topics: copies.length, bytes });
    const [first, ...below] = copies;
    if (!first) throw topicNotFound('topicId');
    const rows = [{ ...first, parentId: place.parentId, position }, ...below];
    await insertTopics(tx, subjectId, rows, ctx.now());
    const placed = copies.map((copy) => ({ ...copy, subjectId }));
    await insertReferences(tx, placed);
    const made = copies.map(
      ({ id }, index) => [originals[index]?.id ?? '', { topicId: id }] as const,
    );
    await copyAttachments(tx, new Map(made), subjectId, ctx.now());
    return tx.topic.findUniqueOrThrow({ where: { id: first.id }, select: topicNode });
  });
  forgetTopics(ctx, topic);
  announceChange(ctx, { subjectId, kind: 'TOPIC_ADDED', topicId: topic.id, userId });
  return { topic };
}

interface Copying {
  /** What of a text the viewer may read. */
  readonly read: (markdown: string) => string;
  /** Levels that the copies stand deeper. */
  readonly down: number;
}

/** Rows of the copies, parents first, the topmost still where the original stands. */
async function makeCopies(
  tx: ContentTransaction,
  originals: readonly TopicNode[],
  { read, down }: Copying,
): Promise<NewTopic[]> {
  const texts = await readTexts(
    tx,
    originals.map(({ id }) => id),
  );
  const ids = new Map(originals.map(({ id }) => [id, newId('top')]));
  return originals.map(({ id, parentId, depth, position, title, heading }) => ({
    id: ids.get(id) ?? newId('top'),
    parentId: parentId === null ? null : (ids.get(parentId) ?? null),
    depth: depth + down,
    position,
    title,
    heading,
    markdown: read(texts.get(id) ?? ''),
  }));
}
