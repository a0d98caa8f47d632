import type { IncomingMessage } from 'node:http';
import type { Credentials } from '../../access/session-cookies.ts';
import type { Freshness } from '../../execution/types.ts';
import type { Reply } from '../reply.ts';

/**
 * The answer to a GET that may be used again, with what its caller and the caches between need to know.
 *
 * Strangers may keep what is the same for all until it is too old. Who says who they are may write, and
 * has to see what they wrote: they may keep an answer too, but have to ask each time whether it still
 * holds, which it says by `ETag` and a 304 without a body.
 */
export function reusableReply(
  reply: Reply,
  { maxAgeMs, ageMs, isPublic, mark }: Freshness,
  { headers }: Pick<IncomingMessage, 'headers'>,
  { authorization }: Pick<Credentials, 'authorization'>,
): Reply {
  const etag = `"${mark}"`;
  const isShared = isPublic && authorization === undefined;
  const about = {
    ...reply.headers,
    'cache-control': isShared
      ? `public, max-age=${Math.floor(maxAgeMs / 1000)}`
      : 'private, no-cache',
    ...(isShared && { age: String(Math.ceil(ageMs / 1000)) }),
    etag,
    // An id of an operation is that of the program it is registered for.
    vary: 'accept, authorization, cookie, apollographql-client-name, origin',
  };
  if (!isNamed(headers['if-none-match'], etag)) return { ...reply, headers: about };
  const { 'content-type': _, ...kept } = about as Record<string, string>;
  return { status: 304, headers: kept };
}

/** As a cache compares for GET: a weak mark, which a proxy that compresses makes of ours, is as good. */
function isNamed(given: string | undefined, etag: string): boolean {
  if (given === undefined) return false;
  return given.split(',').some((each) => {
    const mark = each.trim().replace(/^W\//, '');
    return mark === etag || mark === '*';
  });
}
