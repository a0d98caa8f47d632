import { keyedLoader } from '@civitas/platform/loaders';
import type { Viewer } from '@civitas/platform/subgraph';
import type { CommunitiesDatabase } from '../context.ts';

/** The viewer's own votes, by what they are on; there are none of somebody anonymous. */
export function createVoteLoaders(db: CommunitiesDatabase, viewer: Viewer) {
  return {
    viewerPostVote: keyedLoader(
      async (postIds) =>
        viewer.type === 'user'
          ? db.client.postVote.findMany({
              where: { userId: viewer.id, postId: { in: [...postIds] } },
            })
          : [],
      (vote) => vote.postId,
    ),
    viewerCommentVote: keyedLoader(
      async (commentIds) =>
        viewer.type === 'user'
          ? db.client.commentVote.findMany({
              where: { userId: viewer.id, commentId: { in: [...commentIds] } },
            })
          : [],
      (vote) => vote.commentId,
    ),
  };
}
