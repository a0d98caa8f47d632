import { parseId } from '@civitas/platform/ids';
import { type PageArguments, readPage } from '@civitas/platform/pagination';
import type { CommunitiesContext } from '../context.ts';
import type { Community } from '../generated/prisma/client.ts';
import type { CommunityOrder } from '../generated/resolvers.ts';
import { communityOrders, fetchCommunities } from './queries.ts';
import { parseSlug } from './slug.ts';

// Communities are public: everybody may read them.

/** @throws CivitasError `MALFORMED_ID`. */
export async function findCommunity(
  ctx: CommunitiesContext,
  id: string,
): Promise<Community | null> {
  return ctx.loaders.communityById.load(parseId('com', id));
}

/** @throws CivitasError `BAD_USER_INPUT` for a text that cannot be a slug. */
export async function findCommunityBySlug(
  ctx: CommunitiesContext,
  slug: string,
): Promise<Community | null> {
  return ctx.loaders.communityBySlug.load(parseSlug(slug));
}

/** A page of communities, plus one row that says whether there are more. */
export async function listCommunities(
  ctx: CommunitiesContext,
  { order, ...args }: PageArguments & { readonly order: CommunityOrder },
): Promise<Community[]> {
  return fetchCommunities(ctx.db, order, readPage(communityOrders[order].list, args));
}

/** The community something refers to; a foreign key promises that it is there. */
export async function existingCommunity(ctx: CommunitiesContext, id: string): Promise<Community> {
  const community = await ctx.loaders.communityById.load(id);
  if (!community) throw new Error(`Community ${id} is referred to but not there.`);
  return community;
}
