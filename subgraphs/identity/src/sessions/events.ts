import type { NewEvent } from '@civitas/platform/events';

export const SESSIONS_ENDED = 'identity.user.sessions-ended';

/**
 * Somebody's sessions have ended, or end at a later time. An API key is a session of its own, by the
 * key's id. For what must not wait until access tokens expire. The order of these events does not
 * matter: what has ended stays so.
 */
export function sessionsEnded(
  userId: string,
  endedSessions: readonly string[],
  occurredAt: Date,
  endsAt = occurredAt,
): NewEvent {
  const isLater = endsAt > occurredAt;
  return {
    type: SESSIONS_ENDED,
    aggregateId: userId,
    occurredAt,
    payload: {
      userId,
      endedSessions: [...endedSessions],
      ...(isLater && { endsAt: endsAt.toISOString() }),
    },
  };
}
