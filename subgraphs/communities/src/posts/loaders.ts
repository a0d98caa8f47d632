import { groupedLoader, keyedLoader } from '@civitas/platform/loaders';
import type { CommunitiesDatabase } from '../context.ts';
import type { Post } from '../generated/prisma/client.ts';
import type { PostOrder } from '../generated/resolvers.ts';
import { fetchPostsOfCommunities, fetchPostsOfUsers, type PostPage } from './queries.ts';

export function createPostLoaders(db: CommunitiesDatabase) {
  return {
    postById: keyedLoader(
      (ids) => db.client.post.findMany({ where: { id: { in: [...ids] } } }),
      (post) => post.id,
    ),
    postsOfCommunity: groupedLoader<PostPage & { readonly order: PostOrder }, Post[]>(
      (communityIds, page) => fetchPostsOfCommunities(db, communityIds, page),
      () => [],
    ),
    postsOfUser: groupedLoader<PostPage, Post[]>(
      (userIds, page) => fetchPostsOfUsers(db, userIds, page),
      () => [],
    ),
  };
}
