import type { NewEvent } from '@civitas/platform/events';
import type { Community } from '../generated/prisma/client.ts';

/** Somebody has founded a community. */
export function communityCreated({ id, name, slug, founderId, createdAt }: Community): NewEvent {
  return {
    type: 'communities.community.created',
    aggregateId: id,
    occurredAt: createdAt,
    payload: { communityId: id, name, slug, founderId },
  };
}
