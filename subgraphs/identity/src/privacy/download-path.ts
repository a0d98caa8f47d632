import { createHmac, timingSafeEqual } from 'node:crypto';
import { isId } from '@civitas/platform/ids';

export const DOWNLOADS = '/data-exports/';

/** Long enough to click, too short to be found later in a history or a log. */
const LIFETIME_MS = 10 * 60_000;

/**
 * The address of a document: whom it is given may read it until it ends. It holds no secret but its
 * signature, so nothing has to be stored to check it.
 */
export function downloadPath(requestId: string, key: Uint8Array, now: Date): string {
  const until = now.getTime() + LIFETIME_MS;
  return `${DOWNLOADS}${requestId}/${until}/${signature(requestId, until, key)}`;
}

/** @returns the id of the request whose document may be read; null for any other path. */
export function readDownloadPath(path: string, key: Uint8Array, now: Date): string | null {
  const [id = '', until = '', signed = '', ...more] = path.slice(DOWNLOADS.length).split('/');
  if (more.length > 0 || !isId('dpr', id) || !/^\d{13}$/.test(until)) return null;
  const expected = Buffer.from(signature(id, Number(until), key));
  const given = Buffer.from(signed);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  return Number(until) > now.getTime() ? id : null;
}

function signature(requestId: string, until: number, key: Uint8Array): string {
  return createHmac('sha256', key).update(`${requestId} ${until}`).digest('base64url');
}
