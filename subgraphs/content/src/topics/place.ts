import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing';
import type { ContentTransaction } from '../context.ts';
import { topicNotFound, topicTooDeep } from './errors.ts';
import { MAX_DEPTH } from './limits.ts';

interface Siblings {
  readonly subjectId: string;
  readonly parentId: string | null;
}

/**
 * A position becomes a character longer about every sixth time when topics keep being put into the same
 * gap; at this length all siblings get short ones again.
 */
const MAX_POSITION_LENGTH = 60;

/** Where a new or moved topic shall stand. */
export interface WantedPlace extends Siblings {
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
  const position = generateKeyBetween(...(await neighbours(tx, place)));
  if (position.length <= MAX_POSITION_LENGTH) return { depth, position };
  await respace(tx, place);
  return { depth, position: generateKeyBetween(...(await neighbours(tx, place))) };
}

/** The order stays. First out of the way, so that no two siblings ever have the same position. */
async function respace(tx: ContentTransaction, { subjectId, parentId }: Siblings): Promise<void> {
  const siblings = await tx.topic.findMany({
    where: { subjectId, parentId },
    orderBy: { position: 'asc' },
    select: { id: true },
  });
  const ids = siblings.map(({ id }) => id);
  const positions = generateNKeysBetween(null, null, ids.length);
  await tx.$executeRaw`UPDATE topic SET position = '~' || id WHERE id = ANY (${ids}::text[])`;
  await tx.$executeRaw`
    UPDATE topic SET position = spaced.position
    FROM unnest(${ids}::text[], ${positions}::text[]) AS spaced (id, position)
    WHERE topic.id = spaced.id`;
}

async function depthOfParent(
  tx: ContentTransaction,
  { subjectId, parentId }: WantedPlace,
): Promise<number> {
  if (parentId === null) return 0;
  const parent = await tx.topic.findUnique({
    where: { id: parentId, subjectId, archiveRootId: null },
    select: { depth: true },
  });
  if (!parent) throw topicNotFound('parentId');
  return parent.depth;
}

/** The positions to stand between; null for an open end. Archived siblings keep theirs. */
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
    where: { id, subjectId, parentId, archiveRootId: null },
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
