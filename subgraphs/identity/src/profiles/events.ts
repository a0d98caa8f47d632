import type { NewEvent } from '@civitas/platform/events';
import type { User } from '../generated/prisma/client.ts';

/** Something of a person's profile is other than before, or is shown to others than before. */
export function profileChanged({ id, kind }: User, occurredAt: Date): NewEvent {
  return {
    type: 'identity.user.profile-changed',
    aggregateId: id,
    occurredAt,
    payload: { userId: id, kind },
  };
}
