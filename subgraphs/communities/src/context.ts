import type { Database } from '@civitas/platform/database';
import type { RequestContext } from '@civitas/platform/subgraph';
import type { createCommentLoaders } from './comments/index.ts';
import type { createCommunityLoaders } from './communities/index.ts';
import type { Prisma, PrismaClient } from './generated/prisma/client.ts';
import type { createMembershipLoaders } from './membership/index.ts';
import type { createPostLoaders } from './posts/index.ts';
import type { createVoteLoaders } from './votes/index.ts';

export type CommunitiesDatabase = Database<PrismaClient>;
export type CommunitiesTransaction = Prisma.TransactionClient;

/** What every resolver and service of this subgraph works with. */
export interface CommunitiesContext extends RequestContext {
  readonly db: CommunitiesDatabase;
  readonly loaders: CommunitiesLoaders;
}

type CommunitiesLoaders = ReturnType<typeof createCommunityLoaders> &
  ReturnType<typeof createMembershipLoaders> &
  ReturnType<typeof createPostLoaders> &
  ReturnType<typeof createCommentLoaders> &
  ReturnType<typeof createVoteLoaders>;
