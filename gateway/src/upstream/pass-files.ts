import { CivitasError } from '@civitas/platform/errors';
import type { HttpRoute, HttpRouteAnswer, HttpRouteRequest } from '@civitas/platform/subgraph';
import { Agent, request as ask } from 'undici';

/** Of a request, what a file is asked for with. Nothing else goes on: an address says who may. */
const PASSED_ON = [
  ...['range', 'if-range', 'if-none-match', 'if-modified-since'],
  ...['content-length', 'content-type'],
];
/** Of an answer, what is for the client. */
const PASSED_BACK = [
  ...['content-type', 'content-length', 'content-range', 'content-disposition', 'accept-ranges'],
  ...['etag', 'last-modified', 'cache-control', 'content-security-policy'],
  ...['cross-origin-resource-policy'],
];

/**
 * Passes files through, in both directions and piece by piece: what one side cannot take, the other does
 * not send. When either side leaves, the other one is told.
 *
 * @param prefix what their addresses begin with: `/files/`.
 * @param urls of the subgraph that has them; each request goes to the next one. Without any there is no route.
 */
export function passFiles(prefix: string, urls: readonly string[]): HttpRoute[] {
  if (urls.length === 0) return [];
  const dispatcher = new Agent({
    connect: { timeout: 2_000 },
    // For the answer's headers once the request is sent, and between pieces of a file.
    headersTimeout: 30_000,
    bodyTimeout: 30_000,
  });
  let turn = 0;
  const handle = async (asked: HttpRouteRequest): Promise<HttpRouteAnswer> => {
    turn = (turn + 1) % urls.length;
    const url = new URL(`${asked.path}?${asked.query ?? ''}`, urls[turn]);
    // A path that means another one (`/files/../graphql`) is not one of these.
    if (url.pathname !== asked.path) throw new CivitasError('NOT_FOUND');
    const { method = 'GET', stream = null } = asked;
    const headers = chosen(asked.headers, PASSED_ON);
    const answer = await ask(url, {
      dispatcher,
      method: method as 'GET' | 'HEAD' | 'PUT',
      headers,
      body: stream,
    }).catch((cause: unknown) => {
      throw new CivitasError('SUBGRAPH_UNAVAILABLE', { cause });
    });
    return {
      status: answer.statusCode,
      headers: chosen(answer.headers, PASSED_BACK),
      body: method === 'HEAD' ? await answer.body.text() : answer.body,
    };
  };
  const path = `${prefix}*`;
  return [
    { method: 'GET', path, handle },
    { method: 'PUT', path, body: 'stream', handle },
  ];
}

function chosen(
  headers: HttpRouteRequest['headers'],
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}
