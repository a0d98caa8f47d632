import { groupedLoader } from '@civitas/platform/loaders';
import type { ContentDatabase } from '../context.ts';
import { type TopicNode, topicNode } from '../topics/index.ts';

export function createStructureLoaders(db: ContentDatabase) {
  return {
    /** By subject: the roots of what is archived, last archived first. */
    archivedTopics: groupedLoader<null, TopicNode[]>(
      async (subjectIds) => {
        const archived = await db.client.topic.findMany({
          where: {
            subjectId: { in: [...subjectIds] },
            archiveRootId: { equals: db.client.topic.fields.id },
          },
          orderBy: [{ archivedAt: 'desc' }, { id: 'desc' }],
          select: topicNode,
        });
        return Map.groupBy(archived, ({ subjectId }) => subjectId);
      },
      () => [],
    ),
  };
}
