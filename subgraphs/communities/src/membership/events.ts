import type { NewEvent } from '@civitas/platform/events';

interface Membership {
  readonly communityId: string;
  readonly userId: string;
}

/** Somebody belongs to a community who did not before. In order per community, whose row is locked. */
export function communityJoined(membership: Membership, occurredAt: Date): NewEvent {
  return eventOf('communities.community.joined', membership, occurredAt);
}

/** Somebody does not belong to a community any longer. In order per community, whose row is locked. */
export function communityLeft(membership: Membership, occurredAt: Date): NewEvent {
  return eventOf('communities.community.left', membership, occurredAt);
}

function eventOf(type: string, { communityId, userId }: Membership, occurredAt: Date): NewEvent {
  return { type, aggregateId: communityId, occurredAt, payload: { communityId, userId } };
}
