import type { NewEvent } from '@civitas/platform/events';
import type { User } from '../generated/prisma/client.ts';

/** Somebody's profile was checked and found true, or is not held to be true any longer. */
export function verificationChanged(user: User, occurredAt: Date): NewEvent {
  return {
    type: user.verified ? 'identity.user.verified' : 'identity.user.verification-ended',
    aggregateId: user.id,
    occurredAt,
    payload: { userId: user.id, kind: user.kind },
  };
}
