import type { ObjectStore } from '@civitas/platform/objects';
import type { Viewer } from '@civitas/platform/subgraph';
import { createAttachmentLoaders } from './attachments/index.ts';
import { createCollaborationLoaders } from './collaboration/index.ts';
import { createCommentLoaders } from './comments/index.ts';
import type { ContentDatabase, ContentLoaders } from './context.ts';
import { createLearningLoaders } from './learning/index.ts';
import { createReactionLoaders } from './reactions/index.ts';
import { createReferenceLoaders } from './references/index.ts';
import { createRevisionLoaders } from './revisions/index.ts';
import { createStructureLoaders } from './structure/index.ts';
import { createSubjectLoaders } from './subjects/index.ts';
import { createTopicLoaders } from './topics/index.ts';
import { createVersionLoaders } from './versions/index.ts';

interface LoadersOptions {
  readonly db: ContentDatabase;
  readonly objects: ObjectStore | null;
  readonly viewer: Viewer;
  readonly now: () => Date;
}

/** The loaders of one request; what they remember belongs to its viewer. */
export function createLoaders({ db, objects, viewer, now }: LoadersOptions): ContentLoaders {
  return {
    ...createSubjectLoaders(db, viewer, now),
    ...createCollaborationLoaders(db, now),
    ...createTopicLoaders(db),
    ...createAttachmentLoaders(db),
    ...createReactionLoaders(db, viewer),
    ...createReferenceLoaders(db),
    ...createStructureLoaders(db),
    ...createVersionLoaders(db),
    ...createCommentLoaders(db),
    ...createRevisionLoaders(db, objects),
    ...createLearningLoaders(db, viewer),
  };
}
