import { CivitasError } from '@civitas/platform/errors';
import type { ContentContext } from '../context.ts';
import type { Subject } from '../generated/prisma/client.ts';

const MAX_TRENDING = 50;
/** What is older counts nothing. */
const DAYS = 14;
/** What a day takes away: half of it is gone in two days. */
const KEPT_PER_DAY = 0.7;
/** A like says more than a click. */
const LIKE_WEIGHT = 3;

/**
 * Public subjects by the clicks and likes of the last fourteen days, recent ones counting most.
 *
 * @throws CivitasError `PAGE_SIZE_OUT_OF_RANGE` unless 1 ≤ first ≤ 50.
 */
export async function listTrendingSubjects(ctx: ContentContext, first: number): Promise<Subject[]> {
  if (first < 1 || first > MAX_TRENDING) throw new CivitasError('PAGE_SIZE_OUT_OF_RANGE');
  const now = ctx.now();
  const rows = await ctx.db.client.$queryRaw<{ id: string }[]>`
    SELECT subject.id
    FROM (
      SELECT subject_id, ${now}::timestamptz::date - day AS age, clicks AS weight
      FROM subject_click_day WHERE day > ${now}::timestamptz::date - ${DAYS}::int
      UNION ALL
      SELECT subject_id, ${now}::timestamptz::date - created_at::date, ${LIKE_WEIGHT}::int
      FROM subject_like WHERE created_at > ${now}::timestamptz - make_interval(days => ${DAYS}::int)
    ) AS sign
    JOIN subject ON subject.id = sign.subject_id AND subject.visibility = 'PUBLIC'
    GROUP BY subject.id
    ORDER BY sum(weight * power(${KEPT_PER_DAY}::float8, greatest(age, 0))) DESC, subject.id DESC
    LIMIT ${first}`;
  const subjects = await ctx.loaders.subjectById.loadMany(rows.map(({ id }) => id));
  return subjects.flatMap((subject) =>
    subject === null || subject instanceof Error ? [] : [subject],
  );
}
