import { createDatabase } from '@civitas/platform/database';
import { consumeEvents, createRelay, type EventBus } from '@civitas/platform/events';
import { personalDataHandlers } from '@civitas/platform/personal-data';
import type { PubSub } from '@civitas/platform/pubsub';
import { defineSubgraph, type Subgraph } from '@civitas/platform/subgraph';
import type { Logger } from '@civitas/platform/telemetry';
import { collaborationResolvers, createCollaborationLoaders } from './collaboration/index.ts';
import { commentResolvers, createCommentLoaders } from './comments/index.ts';
import type { ContentContext } from './context.ts';
import { createEditing, editingResolvers } from './editing/index.ts';
import { exchangeResolvers } from './exchange/index.ts';
import { PrismaClient } from './generated/prisma/client.ts';
import { importResolvers } from './import/index.ts';
import { createLearningLoaders, learningResolvers } from './learning/index.ts';
import { createTextMover, type ObjectStore } from './objects/index.ts';
import { personalData } from './personal-data/index.ts';
import { createReactionLoaders, reactionResolvers } from './reactions/index.ts';
import { createReferenceLoaders, referenceResolvers } from './references/index.ts';
import { renderingResolvers } from './rendering/index.ts';
import { createRevisionLoaders, revisionResolvers } from './revisions/index.ts';
import { searchResolvers } from './search/index.ts';
import { createStructureLoaders, structureResolvers } from './structure/index.ts';
import { createSubjectLoaders, subjectResolvers } from './subjects/index.ts';
import { createTopicLoaders, topicResolvers } from './topics/index.ts';
import { createVersionLoaders, versionResolvers } from './versions/index.ts';

export { decodeMarkdown, type PreparedSubject, prepareImport } from './import/index.ts';
export { connectObjectStore } from './objects/index.ts';

export interface ContentDependencies {
  readonly databaseUrl: string;
  readonly bus: EventBus;
  /** Tells the other servers of live edits. Closed with the subgraph. */
  readonly pubsub: PubSub;
  /** Where files are kept. Closed with the subgraph. Absent: texts stay in the database. */
  readonly objects?: ObjectStore | null;
  readonly log: Logger;
  readonly now?: () => Date;
}

/** Subjects, their trees of topics, and what people like and save of them. */
export function createSubgraph(dependencies: ContentDependencies): Subgraph {
  const { bus, databaseUrl, log, objects = null, pubsub, now = () => new Date() } = dependencies;
  const db = createDatabase({
    url: databaseUrl,
    createClient: (adapter) => new PrismaClient({ adapter }),
  });
  const relay = createRelay({ url: databaseUrl, bus, log });
  consumeEvents({
    database: db,
    consumer: 'content',
    handlers: personalDataHandlers('identity', personalData(now)),
    bus,
    log,
    now,
  });
  const editing = createEditing({ db, pubsub, log, now });
  const mover = createTextMover(db, objects, log);
  return defineSubgraph<ContentContext>({
    name: 'content',
    directory: import.meta.dirname,
    resolvers: [
      subjectResolvers,
      collaborationResolvers,
      topicResolvers,
      structureResolvers,
      versionResolvers,
      commentResolvers,
      renderingResolvers,
      revisionResolvers,
      referenceResolvers,
      reactionResolvers,
      importResolvers,
      exchangeResolvers,
      searchResolvers,
      learningResolvers,
      editingResolvers,
    ],
    context: (request) => ({
      ...request,
      db,
      editing,
      pubsub,
      sharedRoles: new Map(),
      loaders: {
        ...createSubjectLoaders(db, request.viewer, now),
        ...createCollaborationLoaders(db, now),
        ...createTopicLoaders(db),
        ...createReactionLoaders(db, request.viewer),
        ...createReferenceLoaders(db),
        ...createStructureLoaders(db),
        ...createVersionLoaders(db),
        ...createCommentLoaders(db),
        ...createRevisionLoaders(db, objects),
        ...createLearningLoaders(db, request.viewer),
      },
    }),
    log,
    now,
    ready: () => db.ping(),
    start: () => {
      editing.hub.start();
      mover.start();
      return relay.start();
    },
    stop: async () => {
      await editing.hub.stop();
      await mover.stop();
      objects?.close();
      await pubsub.close();
      await relay.stop();
      await db.close();
    },
  });
}
