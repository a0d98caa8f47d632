import { answerWithFailures } from '@civitas/platform/errors';
import { toConnection } from '@civitas/platform/pagination';
import { existingCommunity } from '../communities/index.ts';
import type { Resolvers } from '../generated/resolvers.ts';
import { createPost } from './create-post.ts';
import { deletePost } from './delete-post.ts';
import { postOrders, userPosts } from './queries.ts';
import { findPost, listPosts, listPostsOf } from './service.ts';
import { deletedBy, shownAuthor } from './tombstone.ts';

export const resolvers: Resolvers = {
  Query: { post: (_, { id }, ctx) => findPost(ctx, id) },
  User: {
    posts: async (user, args, ctx) => {
      const { list, keyOf } = userPosts;
      const rows = await listPostsOf(ctx, user, args);
      return toConnection(list, rows, args.first, (row) => ({ key: keyOf(row), node: row }));
    },
  },
  Community: {
    posts: async (community, args, ctx) => {
      const { list, keyOf } = postOrders[args.order];
      const rows = await listPosts(ctx, community, args);
      return toConnection(list, rows, args.first, (row) => ({ key: keyOf(row), node: row }));
    },
  },
  Post: {
    community: ({ communityId }, _, ctx) => existingCommunity(ctx, communityId),
    author: (post) => shownAuthor(post),
    deletedBy: (post) => deletedBy(post),
  },
  Mutation: {
    createPost: (_, { input }, ctx) =>
      answerWithFailures('CreatePostSuccess', () => createPost(ctx, input)),
    deletePost: (_, { input }, ctx) =>
      answerWithFailures('DeletePostSuccess', () => deletePost(ctx, input)),
  },
};
