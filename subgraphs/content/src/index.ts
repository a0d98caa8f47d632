import { randomBytes } from 'node:crypto';
import { createDatabase } from '@civitas/platform/database';
import { consumeEvents, createRelay, type EventBus } from '@civitas/platform/events';
import { createMemoryKeyValueStore, type KeyValueStore } from '@civitas/platform/keyvalue';
import type { ObjectStore } from '@civitas/platform/objects';
import { forgetErased, personalDataHandlers } from '@civitas/platform/personal-data';
import type { PubSub } from '@civitas/platform/pubsub';
import { defineSubgraph, type Subgraph } from '@civitas/platform/subgraph';
import type { Logger } from '@civitas/platform/telemetry';
import { attachmentResolvers, createAttachmentFiles } from './attachments/index.ts';
import { collaborationResolvers } from './collaboration/index.ts';
import { commentResolvers } from './comments/index.ts';
import type { ContentContext, ContentLoaders } from './context.ts';
import { createEditing, editingResolvers } from './editing/index.ts';
import { ANSWER_IMPORT_AFTER_MS, exchangeResolvers } from './exchange/index.ts';
import { PrismaClient } from './generated/prisma/client.ts';
import { importResolvers } from './import/index.ts';
import { learningResolvers } from './learning/index.ts';
import { createLoaders } from './loaders.ts';
import { createTextMover, wantedUploads } from './objects/index.ts';
import { personalData } from './personal-data/index.ts';
import { reactionResolvers } from './reactions/index.ts';
import { referenceResolvers } from './references/index.ts';
import { createTextRenderer, renderingResolvers } from './rendering/index.ts';
import { revisionResolvers } from './revisions/index.ts';
import { searchResolvers } from './search/index.ts';
import { structureResolvers } from './structure/index.ts';
import { subjectResolvers } from './subjects/index.ts';
import { topicResolvers } from './topics/index.ts';
import { versionResolvers } from './versions/index.ts';

export { anchorInNewText } from './comments/index.ts';
export { decodeMarkdown, type PreparedSubject, prepareImport } from './import/index.ts';
export { describeText } from './objects/index.ts';
export { referenceRows } from './references/index.ts';
export { LEARN_EVERYTHING, LEARN_WORDS } from './search/index.ts';

export interface ContentDependencies {
  readonly databaseUrl: string;
  readonly bus: EventBus;
  /** Tells the other servers of live edits. Closed with the subgraph. */
  readonly pubsub: PubSub;
  /** Shared with the other servers. Closed with the subgraph. Absent: this is the only one. */
  readonly keyValue?: KeyValueStore;
  /** Where files are kept. Closed with the subgraph. Absent: texts stay in the database, and nothing can be attached. */
  readonly objects?: ObjectStore | null;
  /**
   * Where people reach the gateway for files (a host of its own keeps cookies away from them), and what signs
   * their addresses, the newest first. Absent: this machine, and addresses end with the process.
   */
  readonly files?: { readonly url: string; readonly secrets: readonly string[] };
  /** How long an import's request is held open before the import goes on without it. Default 7 s. */
  readonly importAnswerMs?: number | undefined;
  /** How much processor time the rendering of one text may take. Default 5 s. */
  readonly renderLimitMs?: number | undefined;
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
  const consumer = consumeEvents({
    database: db,
    consumer: 'content',
    handlers: personalDataHandlers('identity', personalData(now)),
    afterwards: forgetErased('identity', 'content', bus),
    bus,
    log,
    now,
  });
  const files = createAttachmentFiles({
    ...{ objects, now },
    isWanted: async (key) => (await wantedUploads(db, [key], now())).has(key),
    url: dependencies.files?.url ?? 'http://localhost:4000',
    secrets: dependencies.files?.secrets ?? [randomBytes(32).toString('hex')],
  });
  const imports: ContentContext['imports'] = {
    underWay: new Map(),
    answerAfterMs: dependencies.importAnswerMs ?? ANSWER_IMPORT_AFTER_MS,
    progress: dependencies.keyValue ?? createMemoryKeyValueStore({ now }),
  };
  const renderer = createTextRenderer({ limitMs: dependencies.renderLimitMs });
  const editing = createEditing({ db, pubsub, log, now });
  const mover = createTextMover(db, objects, log);
  return defineSubgraph<ContentContext>({
    name: 'content',
    directory: import.meta.dirname,
    consumers: [consumer],
    resolvers: [
      subjectResolvers,
      collaborationResolvers,
      topicResolvers,
      structureResolvers,
      attachmentResolvers,
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
    context: (request) => {
      // Half of all requests are live edits, which need none of them.
      let loaders: ContentLoaders | undefined;
      return {
        ...{ ...request, db, editing, files, imports, pubsub, renderer },
        sharedRoles: new Map(),
        get loaders() {
          loaders ??= createLoaders({ db, objects, viewer: request.viewer, now });
          return loaders;
        },
      };
    },
    log,
    now,
    routes: files.routes,
    ready: () => db.ping(),
    start: () => {
      editing.hub.start();
      mover.start();
      return relay.start();
    },
    stop: async () => {
      await editing.hub.stop();
      await mover.stop();
      await renderer.stop();
      objects?.close();
      await pubsub.close();
      await imports.progress.close();
      await relay.stop();
      await db.close();
    },
  });
}
