import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { HttpRoute, HttpRouteAnswer } from '../types.ts';
import { queryOf } from './find-route.ts';

/** How long what was refused is still read, because who is sending does not listen meanwhile. */
const LINGER_MS = 1_000;

/**
 * Asks a route for its answer to a request.
 *
 * @param path of the request, without its query.
 * @param readBody reads the body whole, for a route that wants it so.
 * @throws what `readBody` and the route throw.
 */
export async function askRoute(
  route: HttpRoute,
  request: IncomingMessage,
  path: string,
  readBody: () => Promise<Buffer>,
): Promise<HttpRouteAnswer> {
  const { method, headers, url } = request;
  const asked = { method, path, headers, query: queryOf(url) };
  if (route.body !== 'stream') return route.handle({ ...asked, body: await readBody() });
  try {
    return await route.handle({ ...asked, body: Buffer.alloc(0), stream: request });
  } catch (error) {
    // A connection that is closed on data nobody has read is reset, and the answer is lost with it.
    request.resume();
    await Promise.race([finished(request), wait(LINGER_MS)]).catch(() => undefined);
    throw error;
  }
}
