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

/**
 * Runs a use case in one transaction (read committed), and forgets what this request has loaded
 * before: its next mutation, and the fields of this one's answer, must see the change.
 */
export async function changeInTransaction<Result>(
  { db, loaders }: CommunitiesContext,
  work: (tx: CommunitiesTransaction) => Promise<Result>,
): Promise<Result> {
  const result = await db.inTransaction(work);
  for (const loader of Object.values(loaders)) loader.clearAll();
  return result;
}
