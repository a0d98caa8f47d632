import type { Comment, Community, Post } from './generated/prisma/client.ts';

// What resolvers pass around for each object type: the database's rows, as they are. The resolver
// types are generated from these (see codegen.ts).

/** Identity knows the rest. */
export interface UserModel {
  readonly id: string;
}
export type CommunityModel = Community;
export type PostModel = Post;
export type CommentModel = Comment;
