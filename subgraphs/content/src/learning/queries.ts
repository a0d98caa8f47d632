import { cursorList, cursorTypes } from '@civitas/platform/pagination';
import type { ContentDatabase } from '../context.ts';
import type { CheckpointAttempt } from '../generated/prisma/client.ts';

export const enrolmentsList = cursorList('User.enrolments', [
  cursorTypes.instant,
  cursorTypes.id('sub'),
]);

export const certificatesList = cursorList('User.certificates', [
  cursorTypes.instant,
  cursorTypes.id('crt'),
]);

/** Per subject, the topics one learner has done that are in the tree now. */
export async function fetchDoneTopics(
  db: ContentDatabase,
  userId: string,
  subjectIds: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const rows = await db.client.$queryRaw<{ subjectId: string; topicIds: string[] }[]>`
    SELECT done.subject_id AS "subjectId", array_agg(done.topic_id) AS "topicIds"
    FROM topic_done AS done JOIN topic ON topic.id = done.topic_id
    WHERE done.user_id = ${userId} AND done.subject_id = ANY (${subjectIds}::text[])
      AND topic.archived_at IS NULL
    GROUP BY done.subject_id`;
  return new Map(rows.map(({ subjectId, topicIds }) => [subjectId, new Set(topicIds)]));
}

/** Per topic, one learner's attempt with the largest share of right answers, the first of equals. */
export function fetchBestAttempts(
  db: ContentDatabase,
  userId: string,
  topicIds: readonly string[],
): Promise<CheckpointAttempt[]> {
  return db.client.$queryRaw<CheckpointAttempt[]>`
    SELECT DISTINCT ON (topic_id)
           id, subject_id AS "subjectId", user_id AS "userId", topic_id AS "topicId", score,
           max_score AS "maxScore", answered_at AS "answeredAt"
    FROM checkpoint_attempt
    WHERE user_id = ${userId} AND topic_id = ANY (${topicIds}::text[])
    ORDER BY topic_id, score::float / max_score DESC, answered_at`;
}

export interface TopicCounts {
  readonly topicId: string;
  readonly doneCount: number;
  readonly attemptCount: number;
  readonly averageScore: number | null;
}

/** What learners have done of each topic of a subject; topics nobody has touched are absent. */
export function fetchTopicCounts(db: ContentDatabase, subjectId: string): Promise<TopicCounts[]> {
  return db.client.$queryRaw<TopicCounts[]>`
    SELECT topic_id AS "topicId",
           coalesce(done.count, 0)::int     AS "doneCount",
           coalesce(attempts.count, 0)::int AS "attemptCount",
           attempts.share                   AS "averageScore"
    FROM (
      SELECT topic_id, count(*) FROM topic_done WHERE subject_id = ${subjectId} GROUP BY topic_id
    ) AS done
    FULL JOIN (
      SELECT topic_id, count(*), sum(score)::float / sum(max_score) AS share
      FROM checkpoint_attempt WHERE subject_id = ${subjectId} GROUP BY topic_id
    ) AS attempts USING (topic_id)`;
}
