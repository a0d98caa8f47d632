import { createDatabase } from '@civitas/platform/database';
import { consumeEvents, createRelay, type EventBus } from '@civitas/platform/events';
import { forgetErased, personalDataHandlers } from '@civitas/platform/personal-data';
import { defineSubgraph, type Subgraph } from '@civitas/platform/subgraph';
import type { Logger } from '@civitas/platform/telemetry';
import { commentResolvers, createCommentLoaders } from './comments/index.ts';
import { communityResolvers, createCommunityLoaders } from './communities/index.ts';
import type { CommunitiesContext } from './context.ts';
import { PrismaClient } from './generated/prisma/client.ts';
import { createMembershipLoaders, membershipResolvers } from './membership/index.ts';
import { personalData } from './personal-data/index.ts';
import { createPostLoaders, postResolvers } from './posts/index.ts';
import { createVoteLoaders, voteResolvers } from './votes/index.ts';

export interface CommunitiesDependencies {
  readonly databaseUrl: string;
  readonly bus: EventBus;
  readonly log: Logger;
  readonly now?: () => Date;
}

/** Communities, who belongs to them, and the threads in them. */
export function createSubgraph(dependencies: CommunitiesDependencies): Subgraph {
  const { bus, databaseUrl, log, now = () => new Date() } = dependencies;
  const db = createDatabase({
    url: databaseUrl,
    createClient: (adapter) => new PrismaClient({ adapter }),
  });
  const relay = createRelay({ url: databaseUrl, bus, log });
  const consumer = consumeEvents({
    database: db,
    consumer: 'communities',
    handlers: personalDataHandlers('identity', personalData(now)),
    afterwards: forgetErased('identity', 'communities', bus),
    bus,
    log,
    now,
  });
  return defineSubgraph<CommunitiesContext>({
    name: 'communities',
    directory: import.meta.dirname,
    consumers: [consumer],
    resolvers: [
      communityResolvers,
      membershipResolvers,
      postResolvers,
      commentResolvers,
      voteResolvers,
    ],
    context: (request) => ({
      ...request,
      db,
      loaders: {
        ...createCommunityLoaders(db),
        ...createMembershipLoaders(db, request.viewer),
        ...createPostLoaders(db),
        ...createCommentLoaders(db),
        ...createVoteLoaders(db, request.viewer),
      },
    }),
    log,
    now,
    ready: () => db.ping(),
    start: async () => relay.start(),
    stop: async () => {
      await relay.stop();
      await db.close();
    },
  });
}
