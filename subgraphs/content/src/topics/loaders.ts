import { groupedLoader, keyedLoader } from '@civitas/platform/loaders';
import type { ContentDatabase } from '../context.ts';
import { orderTree } from './order-tree.ts';
import { fetchChildren, fetchTopicsOfSubjects, type TopicNode, topicNode } from './queries.ts';

/** None of these says anything about whether the viewer may see the topic's subject. */
export function createTopicLoaders(db: ContentDatabase) {
  const topicById = keyedLoader<TopicNode>(
    (ids) => db.client.topic.findMany({ where: { id: { in: [...ids] } }, select: topicNode }),
    (topic) => topic.id,
  );
  return {
    topicById,
    topicTree: groupedLoader<null, TopicNode[]>(
      async (subjectIds) => {
        const bySubject = await fetchTopicsOfSubjects(db, subjectIds);
        const trees = Array.from(bySubject, ([id, topics]) => [id, orderTree(topics)] as const);
        // So that `topics { parent { … } }` needs no second statement.
        for (const [, topics] of trees) {
          for (const topic of topics) topicById.prime(topic.id, topic);
        }
        return new Map(trees);
      },
      () => [],
    ),
    topicChildren: groupedLoader<null, TopicNode[]>(
      (parentIds) => fetchChildren(db, parentIds),
      () => [],
    ),
    topicText: keyedLoader(
      (ids) =>
        db.client.topic.findMany({
          where: { id: { in: [...ids] } },
          select: { id: true, markdown: true },
        }),
      (topic) => topic.id,
    ),
  };
}
