import { keyedLoader } from '@civitas/platform/loaders';
import type { Viewer } from '@civitas/platform/subgraph';
import type { ContentDatabase } from '../context.ts';
import { viewerIdOf } from '../subjects/index.ts';

/** By subject or topic: the viewer's own like or save, null where there is none. */
export function createReactionLoaders(db: ContentDatabase, viewer: Viewer) {
  const userId = viewerIdOf(viewer) ?? '';
  return {
    ownLike: keyedLoader(
      (ids) => db.client.subjectLike.findMany({ where: { userId, subjectId: { in: [...ids] } } }),
      (like) => like.subjectId,
    ),
    ownTopicLike: keyedLoader(
      (ids) => db.client.topicLike.findMany({ where: { userId, topicId: { in: [...ids] } } }),
      (like) => like.topicId,
    ),
    ownTopicSave: keyedLoader(
      (ids) => db.client.topicSave.findMany({ where: { userId, topicId: { in: [...ids] } } }),
      (save) => save.topicId,
    ),
    ownSave: keyedLoader(
      (ids) => db.client.subjectSave.findMany({ where: { userId, subjectId: { in: [...ids] } } }),
      (save) => save.subjectId,
    ),
  };
}
