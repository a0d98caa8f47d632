import type { IncomingMessage } from 'node:http';
import { CivitasError } from '@civitas/platform/errors';
import { type CookieJar, createCookieJar } from '@civitas/platform/subgraph';
import { refuseSimpleRequest } from '../doors/http/csrf.ts';
import { isFromOwnPage } from './own-page.ts';

/** Says that the answer may begin, renew or end the session that a browser keeps in cookies. */
export const SESSION_HEADER = 'civitas-session';

/**
 * What browsers keep for us, by the names that identity knows. `__Host-` cookies come from this host
 * alone, over TLS alone, and no neighbour below the same domain can plant one.
 */
const PREFIX = '__Host-civitas-';
const NAMES: ReadonlySet<string> = new Set(['access', 'refresh', 'device']);
/** Strict: these are for pages that are open already, and no link from elsewhere leads to the graph. */
const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Strict';

/** What tokens are made of; nothing of it means anything in a header. */
const VALUE = /^[\w.~-]{1,3000}$/;
/** Of access tokens alone: an API key in a cookie would act wherever its owner's browser is. */
const ACCESS_TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** What a request says of who sends it. */
export interface Credentials {
  /** An `Authorization` value. */
  readonly authorization: string | undefined;
  /** Where the answer's cookies are collected, for a client that keeps its session in cookies. */
  readonly cookies?: CookieJar;
  /** An access token that is no longer good counts for nothing: the session is to begin or be renewed. */
  readonly isRenewing?: boolean;
}

/**
 * Reads who sends an HTTP request. An `Authorization` header is the sender's word, and cookies beside
 * it say nothing of who asks. Cookies count where the sender is a page of ours and the request could
 * not have been sent by a form: then no page of somebody else's can act with them.
 *
 * @param listed origins whose pages may use the cookies, beside the gateway's own.
 * @throws CivitasError `CSRF_PREVENTION` where there are cookies that must not count; `BAD_REQUEST`
 * for a `civitas-session` header that says something else.
 */
export function credentialsOf(
  request: Pick<IncomingMessage, 'headers'>,
  isSecure: boolean,
  listed: ReadonlySet<string>,
): Credentials {
  const { headers } = request;
  const { authorization } = headers;
  const mode = headers[SESSION_HEADER];
  if (mode === undefined && (authorization !== undefined || headers.cookie === undefined)) {
    return { authorization };
  }
  const given = readCookies(headers.cookie);
  if (mode === undefined && given['access'] === undefined) return { authorization };
  refuseSimpleRequest(headers);
  if (!isFromOwnPage(request, isSecure, listed)) {
    throw new CivitasError('CSRF_PREVENTION', {
      message: 'Session cookies are for pages of this origin and of SESSION_ORIGINS.',
    });
  }
  const token = authorization ?? bearerOf(given);
  if (mode === undefined) return { authorization: token };
  if (mode !== 'cookie') {
    throw new CivitasError('BAD_REQUEST', { message: `${SESSION_HEADER} can only be "cookie".` });
  }
  const isRenewing = authorization === undefined;
  return { authorization: token, cookies: createCookieJar(given), isRenewing };
}

/**
 * The access token in the cookies of a WebSocket's handshake. A browser sends them whoever opens the
 * socket, so they count for pages of ours alone.
 */
export function handshakeAuthorization(
  request: Pick<IncomingMessage, 'headers'>,
  isSecure: boolean,
  listed: ReadonlySet<string>,
): string | undefined {
  const { cookie, origin } = request.headers;
  if (cookie === undefined || origin === undefined) return undefined;
  return isFromOwnPage(request, isSecure, listed) ? bearerOf(readCookies(cookie)) : undefined;
}

/** `Set-Cookie` values for what the answer changes. */
export function setCookiesOf(jar: CookieJar): string[] {
  return jar.changes().flatMap(({ name, value, maxAgeSeconds }) => {
    if (!NAMES.has(name) || (value !== null && !VALUE.test(value))) return [];
    const age = value === null ? 0 : maxAgeSeconds;
    return `${PREFIX}${name}=${value ?? ''}; ${ATTRIBUTES}; Max-Age=${age}`;
  });
}

function bearerOf({ access }: Readonly<Record<string, string>>): string | undefined {
  return access !== undefined && ACCESS_TOKEN.test(access) ? `Bearer ${access}` : undefined;
}

function readCookies(header = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const pair of header.split(';')) {
    const [key = '', value = ''] = pair.trim().split('=', 2);
    const name = key.startsWith(PREFIX) ? key.slice(PREFIX.length) : '';
    if (NAMES.has(name) && VALUE.test(value)) found[name] = value;
  }
  return found;
}
