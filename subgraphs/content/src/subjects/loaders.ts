import { groupedLoader, keyedLoader } from '@civitas/platform/loaders';
import type { Viewer } from '@civitas/platform/subgraph';
import type { ContentDatabase } from '../context.ts';
import type { Subject } from '../generated/prisma/client.ts';
import { viewerIdOf } from './access.ts';
import {
  fetchOwnRoles,
  fetchSubjectsOfAuthors,
  type NewestFirst,
  type OwnRole,
} from './queries.ts';

export function createSubjectLoaders(db: ContentDatabase, viewer: Viewer, now: () => Date) {
  return {
    /** Says nothing about whether the viewer may see it. */
    subjectById: keyedLoader(
      (ids) => db.client.subject.findMany({ where: { id: { in: [...ids] } } }),
      (subject) => subject.id,
    ),
    /** What the viewer may do beside what anybody may and what authors may: by an invitation or a link. */
    ownRole: keyedLoader<OwnRole>(
      (ids) => fetchOwnRoles(db.client, viewerIdOf(viewer), ids, now()),
      ({ subjectId }) => subjectId,
    ),
    /** Only what the viewer may see. */
    subjectsByAuthor: groupedLoader<NewestFirst, Subject[]>(
      (authorIds, page) =>
        fetchSubjectsOfAuthors(db, { id: viewerIdOf(viewer), now: now() }, authorIds, page),
      () => [],
    ),
  };
}
