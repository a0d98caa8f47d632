import type { ClientCookies } from '@civitas/platform/subgraph';

/** The names under which the gateway keeps what we set; it knows them, too. */
const ACCESS = 'access';
const REFRESH = 'refresh';
const DEVICE = 'device';

/** The refresh token of a client that keeps its session in cookies. */
export function refreshTokenIn(cookies: ClientCookies | undefined): string | undefined {
  return cookies?.given[REFRESH];
}

/** What such a client holds of the device it is. */
export function deviceTokenIn(cookies: ClientCookies | undefined): string | undefined {
  return cookies?.given[DEVICE];
}

interface Kept {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Puts tokens where no script can read them. */
export function keepInCookies(
  cookies: ClientCookies,
  tokens: { readonly access: Kept; readonly refresh: Kept; readonly device: Kept | null },
  now: Date,
): void {
  const { access, refresh, device } = tokens;
  const secondsUntil = (end: Date) => (end.getTime() - now.getTime()) / 1000;
  keepAccessInCookie(cookies, access, refresh.expiresAt, now);
  cookies.set(REFRESH, refresh.token, secondsUntil(refresh.expiresAt));
  if (device) cookies.set(DEVICE, device.token, secondsUntil(device.expiresAt));
}

/**
 * As long as the refresh token: an access token that has expired is to be refused, and so renewed, where
 * one that is missing would make its owner a stranger without a word.
 */
export function keepAccessInCookie(
  cookies: ClientCookies,
  { token }: Kept,
  refreshExpiresAt: Date,
  now: Date,
): void {
  cookies.set(ACCESS, token, (refreshExpiresAt.getTime() - now.getTime()) / 1000);
}

/** Takes a session out of its cookies. The device stays known. */
export function forgetSession(cookies: ClientCookies | undefined): void {
  cookies?.set(ACCESS, null, 0);
  cookies?.set(REFRESH, null, 0);
}
