import { groupedLoader } from '@civitas/platform/loaders';
import type { ContentDatabase } from '../context.ts';
import type { TopicReference } from '../generated/prisma/client.ts';
import { Prisma } from '../generated/prisma/client.ts';

/** A topic as others of its subject link to it. */
export interface LinkTarget {
  readonly id: string;
  readonly subjectId: string;
  /** Empty when no title leads to it: another topic of that title comes before it. */
  readonly slug: string;
}

export function createReferenceLoaders(db: ContentDatabase) {
  return {
    /** By topic: what its text links to, in the order of the text. */
    topicReferences: groupedLoader<null, TopicReference[]>(
      async (topicIds) => {
        const rows = await db.client.topicReference.findMany({
          where: { topicId: { in: [...topicIds] } },
          orderBy: { ordinal: 'asc' },
        });
        return Map.groupBy(rows, ({ topicId }) => topicId);
      },
      () => [],
    ),
    /** By link target as JSON: ids of the topics whose texts link to it. */
    linkingTopics: groupedLoader<null, string[]>(
      (targets) => fetchLinkingTopics(db, targets),
      () => [],
    ),
  };
}

async function fetchLinkingTopics(
  db: ContentDatabase,
  targets: readonly string[],
): Promise<ReadonlyMap<string, string[]>> {
  const wanted = targets.map((json) => JSON.parse(json) as LinkTarget);
  const rows = await db.client.$queryRaw<{ place: number; topicId: string }[]>(Prisma.sql`
    SELECT DISTINCT wanted.place::int AS place, reference.topic_id AS "topicId"
    FROM unnest(${wanted.map(({ subjectId }) => subjectId)}::text[],
                ${wanted.map(({ id }) => id)}::text[],
                ${wanted.map(({ slug }) => slug)}::text[])
         WITH ORDINALITY AS wanted (subject_id, id, slug, place)
    JOIN topic_reference AS reference
      ON reference.subject_id = wanted.subject_id AND reference.target IN (wanted.id, wanted.slug)`);
  const byTarget = Map.groupBy(rows, ({ place }) => targets[place - 1] ?? '');
  return new Map(
    Array.from(byTarget, ([target, found]) => [target, found.map(({ topicId }) => topicId)]),
  );
}
