import type { NewEvent } from '@civitas/platform/events';

export const SESSIONS_ENDED = 'identity.user.sessions-ended';

/**
 * Somebody's sessions have ended. For what must not wait until their access tokens expire. The order
 * of these events does not matter: what has ended stays so.
 */
export function sessionsEnded(
  userId: string,
  endedSessions: readonly string[],
  occurredAt: Date,
): NewEvent {
  return {
    type: SESSIONS_ENDED,
    aggregateId: userId,
    occurredAt,
    payload: { userId, endedSessions: [...endedSessions] },
  };
}
