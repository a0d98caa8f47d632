import type { RequestOrigin } from '../types.ts';

/**
 * The header that says how many milliseconds the caller will still wait. A duration and not a time,
 * because two machines' clocks differ.
 */
export const REMAINING_HEADER = 'x-civitas-remaining-ms';

const DIGITS = /^\d{1,9}$/;

/** What to send: at least 1; undefined when the caller waits without end. */
export function remainingMs({
  deadlineAtMs,
}: Pick<RequestOrigin, 'deadlineAtMs'>): number | undefined {
  return deadlineAtMs === undefined ? undefined : Math.max(1, Math.ceil(deadlineAtMs - Date.now()));
}

/** What was sent; undefined for a missing or a senseless value, which limits nothing. */
export function readRemainingMs(
  header: string | readonly string[] | undefined,
): number | undefined {
  return typeof header === 'string' && DIGITS.test(header) ? Number(header) : undefined;
}
