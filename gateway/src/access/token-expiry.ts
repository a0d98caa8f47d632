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
  return expiresAt === undefined ? () => undefined : atTime(expiresAt, onExpiry);
}

/**
 * Calls back at a time in milliseconds since 1970, however far it is.
 *
 * @returns a function that calls the timer off.
 */
export function atTime(ms: number, onTime: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = () => {
    const left = ms - Date.now();
    const isFar = left > LONGEST_TIMER_MS;
    timer = setTimeout(isFar ? wait : onTime, isFar ? LONGEST_TIMER_MS : Math.max(left, 0));
    timer.unref();
  };
  wait();
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
