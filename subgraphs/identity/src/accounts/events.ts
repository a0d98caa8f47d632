import type { NewEvent } from '@civitas/platform/events';
import type { User } from '../generated/prisma/client.ts';

/** Somebody has made an account. Finance opens a wallet for them. */
export function userRegistered(user: User): NewEvent {
  return {
    type: 'identity.user.registered',
    aggregateId: user.id,
    occurredAt: user.joinedAt,
    payload: { userId: user.id, kind: user.kind },
  };
}
