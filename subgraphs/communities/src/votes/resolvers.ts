import { answerWithFailures } from '@civitas/platform/errors';
import type { Resolvers } from '../generated/resolvers.ts';
import { viewerVoteOnComment, viewerVoteOnPost } from './service.ts';
import { voteOnComment } from './vote-on-comment.ts';
import { voteOnPost } from './vote-on-post.ts';

export const resolvers: Resolvers = {
  Post: { viewerVote: (post, _, ctx) => viewerVoteOnPost(ctx, post) },
  Comment: { viewerVote: (comment, _, ctx) => viewerVoteOnComment(ctx, comment) },
  Mutation: {
    voteOnPost: (_, { input }, ctx) =>
      answerWithFailures('VoteOnPostSuccess', () => voteOnPost(ctx, input)),
    voteOnComment: (_, { input }, ctx) =>
      answerWithFailures('VoteOnCommentSuccess', () => voteOnComment(ctx, input)),
  },
};
