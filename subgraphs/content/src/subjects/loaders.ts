import { groupedLoader, keyedLoader } from '@civitas/platform/loaders';
import type { Viewer } from '@civitas/platform/subgraph';
import type { ContentDatabase } from '../context.ts';
import type { Subject } from '../generated/prisma/client.ts';
import { viewerIdOf } from './access.ts';
import { fetchSubjectsOfAuthors, type NewestFirst } from './queries.ts';

export function createSubjectLoaders(db: ContentDatabase, viewer: Viewer) {
  return {
    /** Says nothing about whether the viewer may see it. */
    subjectById: keyedLoader(
      (ids) => db.client.subject.findMany({ where: { id: { in: [...ids] } } }),
      (subject) => subject.id,
    ),
    /** Only what the viewer may see. */
    subjectsByAuthor: groupedLoader<NewestFirst, Subject[]>(
      (authorIds, page) => fetchSubjectsOfAuthors(db, viewerIdOf(viewer), authorIds, page),
      () => [],
    ),
  };
}
