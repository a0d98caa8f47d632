const DAY_MS = 24 * 60 * 60 * 1000;

/** A session that is not used ends after seven days, any session after thirty. */
export const IDLE_MS = 7 * DAY_MS;
export const ABSOLUTE_MS = 30 * DAY_MS;

/** How long the token before the newest still gets the newest, for answers lost on the way. */
export const GRACE_MS = 10_000;

/** When the newest refresh token of a session stops working if it is not used. */
export function refreshExpiry(rotatedAt: Date, sessionExpiresAt: Date): Date {
  return new Date(Math.min(rotatedAt.getTime() + IDLE_MS, sessionExpiresAt.getTime()));
}
