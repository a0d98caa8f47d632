import { decodeJwt } from 'jose';

/** `setTimeout` knows no more than this: 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Calls back when an access token that has been verified expires.
 *
 * @returns a function that calls the timer off.
 */
export function atExpiry(authorization: string | undefined, onExpiry: () => void): () => void {
  const expiresAt = expiryOf(authorization);
  if (expiresAt === undefined) return () => undefined;
  const timer = setTimeout(
    onExpiry,
    Math.min(Math.max(expiresAt - Date.now(), 0), LONGEST_TIMER_MS),
  );
  timer.unref();
  return () => clearTimeout(timer);
}

function expiryOf(authorization: string | undefined): number | undefined {
  try {
    const { exp } = decodeJwt((authorization ?? '').replace(/^Bearer +/i, ''));
    return exp === undefined ? undefined : exp * 1000;
  } catch {
    return undefined;
  }
}
