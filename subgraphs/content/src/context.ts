import type { Database } from '@civitas/platform/database';
import type { KeyValueStore } from '@civitas/platform/keyvalue';
import type { PubSub } from '@civitas/platform/pubsub';
import type { RequestContext } from '@civitas/platform/subgraph';
import type { AttachmentFiles, createAttachmentLoaders } from './attachments/index.ts';
import type { createCollaborationLoaders } from './collaboration/index.ts';
import type { createCommentLoaders } from './comments/index.ts';
import type { Editing } from './editing/index.ts';
import type { Prisma, PrismaClient, Subject, SubjectRole } from './generated/prisma/client.ts';
import type { createLearningLoaders } from './learning/index.ts';
import type { createReactionLoaders } from './reactions/index.ts';
import type { createReferenceLoaders } from './references/index.ts';
import type { TextRenderer } from './rendering/index.ts';
import type { createRevisionLoaders } from './revisions/index.ts';
import type { createStructureLoaders } from './structure/index.ts';
import type { createSubjectLoaders } from './subjects/index.ts';
import type { createTopicLoaders } from './topics/index.ts';
import type { createVersionLoaders } from './versions/index.ts';

export type ContentDatabase = Database<PrismaClient>;
export type ContentTransaction = Prisma.TransactionClient;

/** What every resolver and service of this subgraph works with. */
export interface ContentContext extends RequestContext {
  readonly db: ContentDatabase;
  readonly loaders: ContentLoaders;
  readonly editing: Editing;
  readonly files: AttachmentFiles;
  readonly pubsub: PubSub;
  readonly renderer: TextRenderer;
  readonly imports: {
    /** Of uploads that this process is at, by upload. */
    readonly underWay: Map<string, Promise<Subject>>;
    /** How long a request waits for one. */
    readonly answerAfterMs: number;
    /** How far each is, for who was cut off. */
    readonly progress: KeyValueStore;
  };
  /** What share links that this request has shown give, by subject. */
  readonly sharedRoles: Map<string, SubjectRole>;
}

/** One row or list for each of many, see `createLoaders`. */
export type ContentLoaders = ReturnType<typeof createVersionLoaders> &
  ReturnType<typeof createAttachmentLoaders> &
  ReturnType<typeof createCommentLoaders> &
  ReturnType<typeof createRevisionLoaders> &
  ReturnType<typeof createCollaborationLoaders> &
  ReturnType<typeof createSubjectLoaders> &
  ReturnType<typeof createTopicLoaders> &
  ReturnType<typeof createReactionLoaders> &
  ReturnType<typeof createReferenceLoaders> &
  ReturnType<typeof createStructureLoaders> &
  ReturnType<typeof createLearningLoaders>;
