import { groupedLoader, keyedLoader } from '@civitas/platform/loaders';
import type { ObjectStore } from '@civitas/platform/objects';
import type { Page } from '@civitas/platform/pagination';
import type { ContentDatabase } from '../context.ts';
import type { TopicRevision } from '../generated/prisma/client.ts';
import { readKeptTexts } from '../objects/index.ts';

/** None of these says anything about whether the viewer may see the topic. */
export function createRevisionLoaders(db: ContentDatabase, objects: ObjectStore | null) {
  return {
    revisionById: keyedLoader(
      (ids) => db.client.topicRevision.findMany({ where: { id: { in: [...ids] } } }),
      ({ id }) => id,
    ),
    /** By topic, newest first, `first + 1` rows at most. */
    revisionsOfTopic: groupedLoader<Page<readonly [number]>, TopicRevision[]>(
      async (topicIds, page) => fetchRevisions(db, topicIds, page),
      () => [],
    ),
    /** By hash: null when the file cannot be read. */
    keptText: keyedLoader<{ readonly sha256: string; readonly text: string }>(
      async (hashes) => {
        const texts = await readKeptTexts(db, objects, hashes);
        return Array.from(texts, ([sha256, text]) => ({ sha256, text }));
      },
      ({ sha256 }) => sha256,
    ),
  };
}

async function fetchRevisions(
  db: ContentDatabase,
  topicIds: readonly string[],
  { first, after }: Page<readonly [number]>,
): Promise<ReadonlyMap<string, TopicRevision[]>> {
  const rows = await db.client.$queryRaw<TopicRevision[]>`
    SELECT page.id, page.topic_id AS "topicId", page.number, page.kind, page.name, page.sha256,
           page.bytes, page.author_ids AS "authorIds", page.created_at AS "createdAt"
    FROM unnest(${topicIds}::text[]) AS parent (id)
    CROSS JOIN LATERAL (
      SELECT * FROM topic_revision
      WHERE topic_id = parent.id AND number < ${after?.[0] ?? 2 ** 31 - 1}::int
      ORDER BY number DESC
      LIMIT ${first + 1}
    ) AS page`;
  return Map.groupBy(rows, ({ topicId }) => topicId);
}
