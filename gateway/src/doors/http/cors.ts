import type { IncomingMessage } from 'node:http';
import type { Reply } from '../reply.ts';

const ALLOWED_HEADERS =
  'authorization, civitas-session, content-type, x-request-id, x-civitas-preflight, apollo-require-preflight, apollographql-client-name, if-none-match, range';
const PREFLIGHT_SECONDS = '7200';

/**
 * The headers that let a listed origin read the answer; none for every other origin. Only those of
 * `withCookies` may send cookies.
 */
export function corsHeaders(
  { headers }: Pick<IncomingMessage, 'headers'>,
  allowed: ReadonlySet<string>,
  withCookies: ReadonlySet<string>,
): Record<string, string> {
  if (allowed.size === 0) return {};
  const { origin } = headers;
  if (origin === undefined || !allowed.has(origin)) return { vary: 'origin' };
  return {
    vary: 'origin',
    'access-control-allow-origin': origin,
    ...(withCookies.has(origin) && { 'access-control-allow-credentials': 'true' }),
    'access-control-expose-headers':
      'age, etag, x-request-id, retry-after, ratelimit, ratelimit-policy, content-range, accept-ranges',
  };
}

/**
 * The answer to a preflight; without an allowed origin it allows nothing.
 *
 * @param methods that are served at the path.
 */
export function preflight(cors: Readonly<Record<string, string>>, methods = 'GET, POST'): Reply {
  if (!cors['access-control-allow-origin']) return { status: 204, headers: { allow: methods } };
  return {
    status: 204,
    headers: {
      'access-control-allow-methods': methods,
      'access-control-allow-headers': ALLOWED_HEADERS,
      'access-control-max-age': PREFLIGHT_SECONDS,
    },
  };
}

/** True when a page of this origin may open a WebSocket: its own, a listed one, or no browser. */
export function isWelcomeOrigin(
  { headers }: Pick<IncomingMessage, 'headers'>,
  allowed: ReadonlySet<string>,
): boolean {
  const { origin, host } = headers;
  if (origin === undefined || allowed.has(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
