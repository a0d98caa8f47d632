import type { NewEvent } from '@civitas/platform/events';
import type { User } from '../generated/prisma/client.ts';
import { policiesOf } from '../policies/index.ts';

export const VERIFIED = 'identity.user.verified';
export const VERIFICATION_ENDED = 'identity.user.verification-ended';

/** Somebody's profile was checked and found true, or is not held to be true any longer. */
export function verificationChanged(user: User, occurredAt: Date): NewEvent {
  return {
    type: user.verified ? VERIFIED : VERIFICATION_ENDED,
    aggregateId: user.id,
    occurredAt,
    payload: { userId: user.id, kind: user.kind, policies: policiesOf(user) },
  };
}
