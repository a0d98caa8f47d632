import type { IncomingMessage } from 'node:http';

/**
 * True for a request that a page of ours made: one that the gateway's own origin served, or a listed
 * one. Browsers say which, and no page can make them say something else; a request in which none says
 * so is nobody's page.
 */
export function isFromOwnPage(
  { headers }: Pick<IncomingMessage, 'headers'>,
  isSecure: boolean,
  listed: ReadonlySet<string>,
): boolean {
  const { origin, host } = headers;
  if (origin !== undefined && listed.has(origin)) return true;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  // A GET of one's own origin has no Origin.
  if (origin === undefined) return site === 'same-origin';
  if (!URL.canParse(origin)) return false;
  const { host: page, protocol } = new URL(origin);
  return page === host && (!isSecure || protocol === 'https:');
}
