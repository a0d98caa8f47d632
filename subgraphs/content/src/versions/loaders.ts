import { groupedLoader, keyedLoader } from '@civitas/platform/loaders';
import type { Page } from '@civitas/platform/pagination';
import type { ContentDatabase } from '../context.ts';
import type { SubjectVersion, SubjectVersionTopic } from '../generated/prisma/client.ts';

/** What a list of versions is asked for beside its subject. */
interface VersionsPage extends Page<readonly [number]> {
  readonly isPublishedOnly: boolean;
}

export function createVersionLoaders(db: ContentDatabase) {
  return {
    versionById: keyedLoader(
      (ids) => db.client.subjectVersion.findMany({ where: { id: { in: [...ids] } } }),
      ({ id }) => id,
    ),
    /** By subject, newest first, `first + 1` rows at most. */
    versionsOfSubject: groupedLoader<VersionsPage, SubjectVersion[]>(
      (subjectIds, page) => fetchVersions(db, subjectIds, page),
      () => [],
    ),
    /** By version, in reading order. */
    versionTopics: groupedLoader<null, SubjectVersionTopic[]>(
      async (versionIds) => {
        const topics = await db.client.subjectVersionTopic.findMany({
          where: { versionId: { in: [...versionIds] } },
          orderBy: { ordinal: 'asc' },
        });
        return Map.groupBy(topics, ({ versionId }) => versionId);
      },
      () => [],
    ),
  };
}

async function fetchVersions(
  db: ContentDatabase,
  subjectIds: readonly string[],
  { first, after, isPublishedOnly }: VersionsPage,
): Promise<ReadonlyMap<string, SubjectVersion[]>> {
  const rows = await db.client.$queryRaw<SubjectVersion[]>`
    SELECT page.id, page.subject_id AS "subjectId", page.number, page.name, page.title,
           page.description, page.heading, page.topic_count AS "topicCount",
           page.markdown_bytes AS "markdownBytes", page.created_by AS "createdBy",
           page.created_at AS "createdAt", page.published_at AS "publishedAt"
    FROM unnest(${subjectIds}::text[]) AS parent (id)
    CROSS JOIN LATERAL (
      SELECT * FROM subject_version
      WHERE subject_id = parent.id AND number < ${after?.[0] ?? 2 ** 31 - 1}::int
        AND (published_at IS NOT NULL OR NOT ${isPublishedOnly}::boolean)
      ORDER BY number DESC
      LIMIT ${first + 1}
    ) AS page`;
  return Map.groupBy(rows, ({ subjectId }) => subjectId);
}
