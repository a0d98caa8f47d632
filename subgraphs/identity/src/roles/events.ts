import type { NewEvent } from '@civitas/platform/events';
import type { User } from '../generated/prisma/client.ts';
import { policiesOf } from '../policies/index.ts';

export const ROLES_CHANGED = 'identity.user.roles-changed';

/** Somebody's platform roles are others now. For what must not wait for the next access token. */
export function rolesChanged(user: User, occurredAt: Date): NewEvent {
  return {
    type: ROLES_CHANGED,
    aggregateId: user.id,
    occurredAt,
    payload: { userId: user.id, roles: user.roles, policies: policiesOf(user) },
  };
}
