import type { CommunitiesContext } from '../context.ts';
import type { Comment, Post } from '../generated/prisma/client.ts';
import type { Vote } from '../generated/resolvers.ts';
import { voteOf } from './vote.ts';

/** The viewer's own vote, which nobody else is told; null when nobody is signed in. */
export async function viewerVoteOnPost(ctx: CommunitiesContext, post: Post): Promise<Vote | null> {
  if (ctx.viewer.type === 'anonymous') return null;
  return voteOf((await ctx.loaders.viewerPostVote.load(post.id))?.value);
}

/** The same for a comment. */
export async function viewerVoteOnComment(
  ctx: CommunitiesContext,
  comment: Comment,
): Promise<Vote | null> {
  if (ctx.viewer.type === 'anonymous') return null;
  return voteOf((await ctx.loaders.viewerCommentVote.load(comment.id))?.value);
}
