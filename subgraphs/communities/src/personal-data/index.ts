import type { PersonalData } from '@civitas/platform/personal-data';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { erasePerson } from './erase-person.ts';

/** What communities holds of a person: what they wrote, how they voted, where they belong. */
export function personalData(now: () => Date): PersonalData<PrismaClient> {
  return {
    subgraph: 'communities',
    now,
    sections: {
      communitiesFounded: (tx, founderId, page) =>
        tx.community.findMany({ where: { founderId }, orderBy: { id: 'asc' }, ...page }),
      memberships: (tx, userId, page) =>
        tx.membership.findMany({ where: { userId }, orderBy: { communityId: 'asc' }, ...page }),
      posts: (tx, authorId, page) =>
        tx.post.findMany({ where: { authorId }, orderBy: { id: 'asc' }, ...page }),
      comments: (tx, authorId, page) =>
        tx.comment.findMany({ where: { authorId }, orderBy: { id: 'asc' }, ...page }),
      // By whom else they were, and what they said, is not theirs to know.
      postsRemoved: (tx, deletedById, page) =>
        tx.post.findMany({
          where: { deletedById },
          select: { id: true, communityId: true, deletedAt: true },
          orderBy: { id: 'asc' },
          ...page,
        }),
      commentsRemoved: (tx, deletedById, page) =>
        tx.comment.findMany({
          where: { deletedById },
          select: { id: true, postId: true, deletedAt: true },
          orderBy: { id: 'asc' },
          ...page,
        }),
      votesOnPosts: (tx, userId, page) =>
        tx.postVote.findMany({ where: { userId }, orderBy: { postId: 'asc' }, ...page }),
      votesOnComments: (tx, userId, page) =>
        tx.commentVote.findMany({ where: { userId }, orderBy: { commentId: 'asc' }, ...page }),
    },
    erase: erasePerson,
  };
}
