import { groupedLoader } from '@civitas/platform/loaders';
import { afterKey, type Page } from '@civitas/platform/pagination';
import type { ContentDatabase } from '../context.ts';
import { Prisma, type TopicComment } from '../generated/prisma/client.ts';

/** What a list of threads is asked for beside its topic. */
export interface ThreadsPage extends Page<readonly [Date, string]> {
  /** Null for all. */
  readonly resolved: boolean | null;
}

export function createCommentLoaders(db: ContentDatabase) {
  return {
    /** By topic, newest first, `first + 1` rows at most. */
    commentThreads: groupedLoader<ThreadsPage, TopicComment[]>(
      (topicIds, page) => fetchThreads(db, topicIds, page),
      () => [],
    ),
    /** By thread, first come first. */
    commentAnswers: groupedLoader<null, TopicComment[]>(
      async (threadIds) => {
        const answers = await db.client.topicComment.findMany({
          where: { threadId: { in: [...threadIds] } },
          orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        });
        return Map.groupBy(answers, ({ threadId }) => threadId ?? '');
      },
      () => [],
    ),
  };
}

async function fetchThreads(
  db: ContentDatabase,
  topicIds: readonly string[],
  { first, after, resolved }: ThreadsPage,
): Promise<ReadonlyMap<string, TopicComment[]>> {
  const which =
    resolved === null
      ? Prisma.empty
      : Prisma.sql`AND (resolved_at IS NOT NULL) = ${resolved}::boolean`;
  const rows = await db.client.$queryRaw<TopicComment[]>`
    SELECT page.id, page.topic_id AS "topicId", page.thread_id AS "threadId",
           page.author_id AS "authorId", page.body, page.quote, page.epoch,
           page.anchor_start AS "anchorStart", page.anchor_end AS "anchorEnd",
           page.created_at AS "createdAt", page.edited_at AS "editedAt",
           page.resolved_at AS "resolvedAt", page.resolved_by AS "resolvedBy"
    FROM unnest(${topicIds}::text[]) AS parent (id)
    CROSS JOIN LATERAL (
      SELECT * FROM topic_comment
      WHERE topic_id = parent.id AND thread_id IS NULL ${which}
        ${afterKey(['created_at', 'id'], after, 'newest first')}
      ORDER BY created_at DESC, id DESC
      LIMIT ${first + 1}
    ) AS page`;
  return Map.groupBy(rows, ({ topicId }) => topicId);
}
