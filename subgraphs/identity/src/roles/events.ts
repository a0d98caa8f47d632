import type { NewEvent } from '@civitas/platform/events';
import type { User } from '../generated/prisma/client.ts';

/** Somebody's platform roles are others now. For what must not wait for the next access token. */
export function rolesChanged(user: User, occurredAt: Date): NewEvent {
  return {
    type: 'identity.user.roles-changed',
    aggregateId: user.id,
    occurredAt,
    payload: { userId: user.id, roles: user.roles },
  };
}
