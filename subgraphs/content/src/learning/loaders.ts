import { groupedLoader, keyedLoader } from '@civitas/platform/loaders';
import type { Viewer } from '@civitas/platform/subgraph';
import type { ContentDatabase } from '../context.ts';
import { viewerIdOf } from '../subjects/index.ts';
import { fetchBestAttempts, fetchDoneTopics } from './queries.ts';

/** All but the number of learners are the viewer's own. */
export function createLearningLoaders(db: ContentDatabase, viewer: Viewer) {
  const userId = viewerIdOf(viewer) ?? '';
  return {
    ownEnrolment: keyedLoader(
      (ids) => db.client.enrolment.findMany({ where: { userId, subjectId: { in: [...ids] } } }),
      (enrolment) => enrolment.subjectId,
    ),
    ownDoneTopics: groupedLoader<null, ReadonlySet<string>>(
      (subjectIds) => fetchDoneTopics(db, userId, subjectIds),
      () => new Set(),
    ),
    ownBestAttempt: keyedLoader(
      (topicIds) => fetchBestAttempts(db, userId, topicIds),
      (attempt) => attempt.topicId,
    ),
    ownCertificate: keyedLoader(
      (ids) => db.client.certificate.findMany({ where: { userId, subjectId: { in: [...ids] } } }),
      (certificate) => certificate.subjectId ?? '',
    ),
    learnerCount: groupedLoader<null, number>(
      async (subjectIds) => {
        const counts = await db.client.enrolment.groupBy({
          by: 'subjectId',
          where: { subjectId: { in: [...subjectIds] } },
          _count: true,
        });
        return new Map(counts.map(({ subjectId, _count }) => [subjectId, _count]));
      },
      () => 0,
    ),
  };
}
