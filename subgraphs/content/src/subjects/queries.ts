import {
  afterKey,
  cursorList,
  cursorTypes,
  type Page,
  whereAfterKey,
} from '@civitas/platform/pagination';
import type { ContentDatabase, ContentTransaction } from '../context.ts';
import type { Subject, SubjectRole } from '../generated/prisma/client.ts';

export const subjectsList = cursorList('Query.subjects', [
  cursorTypes.instant,
  cursorTypes.id('sub'),
]);

export const userSubjectsList = cursorList('User.subjects', [
  cursorTypes.instant,
  cursorTypes.id('sub'),
]);

export type NewestFirst = Page<readonly [Date, string]>;

/** Public subjects, `first + 1` rows at most. */
export function fetchPublicSubjects(
  db: ContentDatabase,
  { first, after }: NewestFirst,
): Promise<Subject[]> {
  return db.client.subject.findMany({
    where: {
      visibility: 'PUBLIC',
      ...whereAfterKey(['createdAt', 'id'], after, 'newest first'),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: first + 1,
  });
}

/**
 * One page for each of many authors, `first + 1` rows each, in one statement on one index.
 *
 * @param viewer whose own subjects, and those they work on, are included whatever their visibility.
 */
export async function fetchSubjectsOfAuthors(
  db: ContentDatabase,
  viewer: { readonly id: string | null; readonly now: Date },
  authorIds: readonly string[],
  { first, after }: NewestFirst,
): Promise<ReadonlyMap<string, Subject[]>> {
  const rows = await db.client.$queryRaw<Subject[]>`
    SELECT page.id,
           page.author_id      AS "authorId",
           page.title,
           page.description,
           page.heading,
           page.visibility,
           page.topic_count    AS "topicCount",
           page.archived_topic_count AS "archivedTopicCount",
           page.markdown_bytes AS "markdownBytes",
           page.like_count     AS "likeCount",
           page.save_count     AS "saveCount",
           page.click_count    AS "clickCount",
           page.forked_from_id AS "forkedFromId",
           page.forked_from_title AS "forkedFromTitle",
           page.forked_from_author_id AS "forkedFromAuthorId",
           page.created_at     AS "createdAt",
           page.updated_at     AS "updatedAt"
    FROM unnest(${authorIds}::text[]) AS parent (id)
    CROSS JOIN LATERAL (
      SELECT * FROM subject
      WHERE author_id = parent.id
        AND (visibility = 'PUBLIC' OR author_id = ${viewer.id}::text OR EXISTS (
          SELECT FROM subject_member AS member
          WHERE member.subject_id = subject.id AND member.user_id = ${viewer.id}::text
            AND accepted_at IS NOT NULL AND (expires_at IS NULL OR expires_at > ${viewer.now})
        ))
        ${afterKey(['created_at', 'id'], after, 'newest first')}
      ORDER BY created_at DESC, id DESC
      LIMIT ${first + 1}
    ) AS page`;
  return Map.groupBy(rows, (row) => row.authorId);
}

export interface OwnRole {
  readonly subjectId: string;
  readonly role: SubjectRole;
}

/** The highest role that somebody has in each of many subjects at an instant, by membership. */
export async function fetchOwnRoles(
  client: Pick<ContentTransaction, '$queryRaw'>,
  userId: string | null,
  subjectIds: readonly string[],
  now: Date,
): Promise<OwnRole[]> {
  if (userId === null) return [];
  return client.$queryRaw<OwnRole[]>`
    SELECT subject_id AS "subjectId", max(role)::text AS role FROM subject_member
    WHERE user_id = ${userId} AND subject_id = ANY (${subjectIds}::text[])
      AND accepted_at IS NOT NULL AND (expires_at IS NULL OR expires_at > ${now})
    GROUP BY subject_id`;
}
