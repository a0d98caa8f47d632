import type { ContentDatabase } from '../context.ts';
import type { Prisma } from '../generated/prisma/client.ts';

/** A topic without its text, which is read on its own: whole trees are asked for their titles. */
export const topicNode = {
  id: true,
  subjectId: true,
  parentId: true,
  depth: true,
  position: true,
  title: true,
  heading: true,
  likeCount: true,
  saveCount: true,
  clickCount: true,
  archiveRootId: true,
  archivedAt: true,
  createdAt: true,
  updatedAt: true,
} satisfies Prisma.TopicSelect;

export type TopicNode = Prisma.TopicGetPayload<{ select: typeof topicNode }>;

/** All topics of many subjects in one statement, siblings in order, without those in the archive. */
export async function fetchTopicsOfSubjects(
  db: ContentDatabase,
  subjectIds: readonly string[],
): Promise<ReadonlyMap<string, TopicNode[]>> {
  const topics = await db.client.topic.findMany({
    where: { subjectId: { in: [...subjectIds] }, archiveRootId: null },
    select: topicNode,
    orderBy: { position: 'asc' },
  });
  return Map.groupBy(topics, (topic) => topic.subjectId);
}

/** The children of many topics in one statement, in order, without those archived before the parent. */
export async function fetchChildren(
  db: ContentDatabase,
  parentIds: readonly string[],
): Promise<ReadonlyMap<string, TopicNode[]>> {
  const topics = await db.client.topic.findMany({
    where: { parentId: { in: [...parentIds] } },
    select: { ...topicNode, parent: { select: { archiveRootId: true } } },
    orderBy: { position: 'asc' },
  });
  const shown = topics.filter(
    ({ archiveRootId, parent }) => archiveRootId === (parent?.archiveRootId ?? null),
  );
  return Map.groupBy(shown, (topic) => topic.parentId ?? '');
}
