import { cursorList, cursorTypes, type Page } from '@civitas/platform/pagination';
import type { ContentDatabase } from '../context.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { HIT_END, HIT_START, LESS_THAN } from './marked-text.ts';
import type { SearchQuery } from './search-query.ts';

export const searchList = cursorList('Query.search', [cursorTypes.int, cursorTypes.text]);

/** One row of the answer; the texts are marked where words were found. */
export interface Hit {
  readonly id: string;
  readonly subjectId: string;
  readonly topicId: string | null;
  readonly score: number;
  readonly title: string;
  readonly snippet: string;
}

export interface SearchBounds {
  /** Null for what everybody may see. */
  readonly memberId: string | null;
  /** Memberships end. */
  readonly now: Date;
  /** Null for everywhere. */
  readonly subjectId: string | null;
}

/**
 * More matches than anybody pages through; ranking reads every one of them. Of a word that more texts have in
 * their titles no others are looked for, and of one that more texts have as typed none that may have been meant:
 * they would come behind.
 */
const MAX_RANKED = 2_000;

/** Best first, `first + 1` rows at most, in one statement. Only the page's own texts are read. */
export function fetchHits(
  db: ContentDatabase,
  { titled, exact, wide }: SearchQuery,
  { memberId, now, subjectId }: SearchBounds,
  { first, after }: Page<readonly [number, string]>,
): Promise<Hit[]> {
  const within = subjectId === null ? Prisma.empty : Prisma.sql`AND subject.id = ${subjectId}`;
  // The subjects of one person are few, and all of their texts are looked at: what everybody has written with a
  // frequent word would be far more. In all that is public the index over the words is asked first.
  const documents =
    memberId === null
      ? Prisma.sql`(
          SELECT document.id, document.topic_id, document.vector
          FROM search_document AS document JOIN subject ON subject.id = document.subject_id
          WHERE subject.visibility = 'PUBLIC' ${within})`
      : Prisma.sql`mine`;
  const mine =
    memberId === null
      ? Prisma.empty
      : Prisma.sql`, own AS MATERIALIZED (
          SELECT id FROM subject WHERE author_id = ${memberId} ${within}
          UNION
          SELECT subject.id FROM subject JOIN subject_member AS member ON member.subject_id = subject.id
          WHERE member.user_id = ${memberId} AND member.accepted_at IS NOT NULL
            AND (member.expires_at IS NULL OR member.expires_at > ${now}) ${within}
        ), mine AS MATERIALIZED (
          SELECT document.id, document.topic_id, document.vector
          FROM own JOIN search_document AS document ON document.subject_id = own.id
        )`;
  const matching = (how: 'titled' | 'exact' | 'wide') => Prisma.sql`
        SELECT document.id
        FROM asked
        JOIN ${documents} AS document ON document.vector @@ asked.${Prisma.raw(how)}
        LEFT JOIN topic ON topic.id = document.topic_id
        WHERE topic.archived_at IS NULL`;
  const beyond =
    after === null
      ? Prisma.empty
      : Prisma.sql`WHERE (score, id) < (${after[0]}::int, ${after[1]}::text)`;
  const readable = Prisma.sql`
    readable_text(left(CASE WHEN topic.id IS NULL THEN subject.description ELSE topic.markdown END, 100000))`;
  // `translate` drops what has no counterpart: our marks, so that nobody can write them.
  const marked = (text: Prisma.Sql, options: string) => Prisma.sql`
    ts_headline('content_search', translate(${text}, ${`<${LESS_THAN}${HIT_START}${HIT_END}`}, ${LESS_THAN}), page.wide, ${`StartSel=${HIT_START}, StopSel=${HIT_END}, ${options}`})`;
  return db.client.$queryRaw<Hit[]>`
    WITH asked AS (
      SELECT to_tsquery('content_search', ${titled}) AS titled,
             to_tsquery('content_search', ${exact}) AS exact,
             to_tsquery('content_search', ${wide}) AS wide
    )${mine}, in_title AS MATERIALIZED (
      ${matching('titled')} LIMIT ${MAX_RANKED}
    ), as_typed AS MATERIALIZED (
      ${matching('exact')} AND (SELECT count(*) FROM in_title) < ${MAX_RANKED} LIMIT ${MAX_RANKED}
    ), found AS (
      SELECT id FROM in_title
      UNION SELECT id FROM as_typed
      UNION (
        ${matching('wide')}
        AND (SELECT count(*) FROM in_title) < ${MAX_RANKED}
        AND (SELECT count(*) FROM as_typed) < ${MAX_RANKED}
        LIMIT ${MAX_RANKED}
      )
    ), page AS (
      SELECT * FROM (
        SELECT id, document.subject_id, document.topic_id, asked.wide,
               -- What was typed counts far more than what may have been meant.
               (1e6 * ts_rank(vector, exact) + 1e5 * ts_rank(vector, wide))::int AS score
        FROM found JOIN search_document AS document USING (id) CROSS JOIN asked
      ) AS ranked
      ${beyond}
      ORDER BY score DESC, id DESC
      LIMIT ${first + 1}
    )
    SELECT page.id, page.subject_id AS "subjectId", page.topic_id AS "topicId", page.score,
           ${marked(Prisma.sql`coalesce(topic.title, subject.title)`, 'HighlightAll=true')} AS title,
           ${marked(readable, 'MaxFragments=2, MinWords=8, MaxWords=25, FragmentDelimiter=" … "')} AS snippet
    FROM page
    JOIN subject ON subject.id = page.subject_id
    LEFT JOIN topic ON topic.id = page.topic_id
    ORDER BY page.score DESC, page.id DESC`;
}
