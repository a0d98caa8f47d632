import { parseId } from '@civitas/platform/ids';
import { type PageArguments, readPage } from '@civitas/platform/pagination';
import type { CommunitiesContext } from '../context.ts';
import type { Community, Post } from '../generated/prisma/client.ts';
import type { PostOrder } from '../generated/resolvers.ts';
import { postOrders, userPosts } from './queries.ts';

// Posts are public. The lists answer `first + 1` rows at most: the extra one says whether there
// are more.

/** @throws CivitasError `MALFORMED_ID`. */
export async function findPost(ctx: CommunitiesContext, id: string): Promise<Post | null> {
  return ctx.loaders.postById.load(parseId('pst', id));
}

/** The post something refers to; a foreign key promises that it is there. */
export async function existingPost(ctx: CommunitiesContext, id: string): Promise<Post> {
  const post = await ctx.loaders.postById.load(id);
  if (!post) throw new Error(`Post ${id} is referred to but not there.`);
  return post;
}

export async function listPosts(
  ctx: CommunitiesContext,
  community: Community,
  { order, ...args }: PageArguments & { readonly order: PostOrder },
): Promise<Post[]> {
  const page = readPage(postOrders[order].list, args);
  return ctx.loaders.postsOfCommunity.load({ parentId: community.id, args: { order, ...page } });
}

export async function listPostsOf(
  ctx: CommunitiesContext,
  user: { readonly id: string },
  args: PageArguments,
): Promise<Post[]> {
  const page = readPage(userPosts.list, args);
  return ctx.loaders.postsOfUser.load({ parentId: user.id, args: page });
}
