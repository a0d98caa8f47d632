import { generateKeyBetween } from 'fractional-indexing';
import type { ContentTransaction } from '../context.ts';
import { topicNotFound, topicTooDeep } from './errors.ts';
import { MAX_DEPTH } from './limits.ts';

/** Where a new topic shall stand. */
export interface WantedPlace {
  readonly subjectId: string;
  readonly parentId: string | null;
  /** At most one of the two; at the end when it is neither. */
  readonly afterId: string | null;
  readonly beforeId: string | null;
}

/**
 * Finds the depth and a position between the two neighbours. The caller holds the lock of the
 * subject, so that nobody else takes the same position.
 *
 * @throws UserFailure `TopicNotFound` for a parent outside the subject or a sibling elsewhere,
 * `TopicTooDeep`.
 */
export async function findPlace(
  tx: ContentTransaction,
  place: WantedPlace,
): Promise<{ depth: number; position: string }> {
  const depth = (await depthOfParent(tx, place)) + 1;
  if (depth > MAX_DEPTH) throw topicTooDeep();
  const [before, after] = await neighbours(tx, place);
  return { depth, position: generateKeyBetween(before, after) };
}

async function depthOfParent(
  tx: ContentTransaction,
  { subjectId, parentId }: WantedPlace,
): Promise<number> {
  if (parentId === null) return 0;
  const parent = await tx.topic.findUnique({
    where: { id: parentId, subjectId },
    select: { depth: true },
  });
  if (!parent) throw topicNotFound('parentId');
  return parent.depth;
}

/** The positions to stand between; null for an open end. */
async function neighbours(
  tx: ContentTransaction,
  place: WantedPlace,
): Promise<[string | null, string | null]> {
  if (place.afterId !== null) {
    const before = await siblingPosition(tx, place, 'afterId', place.afterId);
    return [before, await nextPosition(tx, place, { gt: before }, 'asc')];
  }
  if (place.beforeId !== null) {
    const after = await siblingPosition(tx, place, 'beforeId', place.beforeId);
    return [await nextPosition(tx, place, { lt: after }, 'desc'), after];
  }
  return [await nextPosition(tx, place, undefined, 'desc'), null];
}

async function siblingPosition(
  tx: ContentTransaction,
  { subjectId, parentId }: WantedPlace,
  field: 'afterId' | 'beforeId',
  id: string,
): Promise<string> {
  const sibling = await tx.topic.findUnique({
    where: { id, subjectId, parentId },
    select: { position: true },
  });
  if (!sibling) throw topicNotFound(field);
  return sibling.position;
}

async function nextPosition(
  tx: ContentTransaction,
  { subjectId, parentId }: WantedPlace,
  position: { gt: string } | { lt: string } | undefined,
  order: 'asc' | 'desc',
): Promise<string | null> {
  const next = await tx.topic.findFirst({
    where: { subjectId, parentId, ...(position && { position }) },
    orderBy: { position: order },
    select: { position: true },
  });
  return next?.position ?? null;
}
