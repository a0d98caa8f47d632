import type { NewEvent } from '@civitas/platform/events';
import type { Post } from '../generated/prisma/client.ts';

/** A post is a tombstone now. */
export function postDeleted({ id, communityId }: Post, occurredAt: Date): NewEvent {
  return {
    type: 'communities.post.deleted',
    aggregateId: id,
    occurredAt,
    payload: { postId: id, communityId },
  };
}

/** A member has written to their community. */
export function postCreated({ id, communityId, authorId, createdAt }: Post): NewEvent {
  return {
    type: 'communities.post.created',
    aggregateId: id,
    occurredAt: createdAt,
    payload: { postId: id, communityId, authorId },
  };
}
