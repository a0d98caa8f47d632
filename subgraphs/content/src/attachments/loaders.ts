import { groupedLoader, keyedLoader } from '@civitas/platform/loaders';
import { afterKey, type Page } from '@civitas/platform/pagination';
import type { ContentDatabase } from '../context.ts';
import type { SubjectVersionAttachment, TopicAttachment } from '../generated/prisma/client.ts';

export function createAttachmentLoaders(db: ContentDatabase) {
  return {
    /** By topic, oldest first, `first + 1` rows at most. */
    attachmentsOfTopic: groupedLoader<Page<readonly [Date, string]>, TopicAttachment[]>(
      (topicIds, page) => fetchAttachments(db, topicIds, page),
      () => [],
    ),
    /** By subject and hash with a blank between; archived topics do not count. */
    attachmentByHash: keyedLoader<TopicAttachment>(
      async (keys) => {
        const pairs = keys.map((key) => key.split(' '));
        return db.client.topicAttachment.findMany({
          where: {
            subjectId: { in: [...new Set(pairs.map(([subjectId = '']) => subjectId))] },
            sha256: { in: [...new Set(pairs.map(([, sha256 = '']) => sha256))] },
            topic: { archiveRootId: null },
          },
          orderBy: { id: 'asc' },
        });
      },
      ({ subjectId, sha256 }) => `${subjectId} ${sha256}`,
    ),
    /** By version. */
    versionAttachments: groupedLoader<null, SubjectVersionAttachment[]>(
      async (versionIds) => {
        const all = await db.client.subjectVersionAttachment.findMany({
          where: { versionId: { in: [...versionIds] } },
          orderBy: [{ ordinal: 'asc' }, { name: 'asc' }, { sha256: 'asc' }],
        });
        return Map.groupBy(all, ({ versionId }) => versionId);
      },
      () => [],
    ),
  };
}

async function fetchAttachments(
  db: ContentDatabase,
  topicIds: readonly string[],
  { first, after }: Page<readonly [Date, string]>,
): Promise<ReadonlyMap<string, TopicAttachment[]>> {
  const rows = await db.client.$queryRaw<TopicAttachment[]>`
    SELECT page.id, page.topic_id AS "topicId", page.subject_id AS "subjectId", page.name,
           page.alt_text AS "altText", page.media_type AS "mediaType", page.bytes, page.sha256,
           page.width, page.height, page.uploaded_by AS "uploadedBy", page.created_at AS "createdAt"
    FROM unnest(${topicIds}::text[]) AS parent (id)
    CROSS JOIN LATERAL (
      SELECT * FROM topic_attachment
      WHERE topic_id = parent.id ${afterKey(['created_at', 'id'], after, 'oldest first')}
      ORDER BY created_at, id
      LIMIT ${first + 1}
    ) AS page`;
  return Map.groupBy(rows, ({ topicId }) => topicId);
}
