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
  createdAt: true,
  updatedAt: true,
} satisfies Prisma.TopicSelect;

export type TopicNode = Prisma.TopicGetPayload<{ select: typeof topicNode }>;

/** All topics of many subjects in one statement, siblings in order. */
export async function fetchTopicsOfSubjects(
  db: ContentDatabase,
  subjectIds: readonly string[],
): Promise<ReadonlyMap<string, TopicNode[]>> {
  const topics = await db.client.topic.findMany({
    where: { subjectId: { in: [...subjectIds] } },
    select: topicNode,
    orderBy: { position: 'asc' },
  });
  return Map.groupBy(topics, (topic) => topic.subjectId);
}

/** The children of many topics in one statement, in order. */
export async function fetchChildren(
  db: ContentDatabase,
  parentIds: readonly string[],
): Promise<ReadonlyMap<string, TopicNode[]>> {
  const topics = await db.client.topic.findMany({
    where: { parentId: { in: [...parentIds] } },
    select: topicNode,
    orderBy: { position: 'asc' },
  });
  return Map.groupBy(topics, (topic) => topic.parentId ?? '');
}
