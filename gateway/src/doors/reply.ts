import type { ServerResponse } from 'node:http';
import { CivitasError, catalogue } from '@civitas/platform/errors';
import { codedError } from '@civitas/platform/subgraph';
import type { Logger } from '@civitas/platform/telemetry';
import { GraphQLError } from 'graphql';
import { presentOwnError } from '../pipeline/present-error.ts';

/** One HTTP answer, before it is written. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
  /** Instead of a body: writes what follows the headers. Called also when the client has left. */
  readonly stream?: (response: ServerResponse) => void;
}

/** Holds for every answer: it is private, not to be sniffed, framed, or referred from. */
const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** Writes an answer with the headers every answer has; the reply's own headers win. */
export function send(response: ServerResponse, reply: Reply): void {
  const { status, headers, stream } = reply;
  if (stream) {
    if (!response.destroyed) response.writeHead(status, { ...SECURITY_HEADERS, ...headers });
    stream(response);
    return;
  }
  if (response.headersSent || response.destroyed) return;
  const body = bytesOfLong(reply.body ?? '');
  const length = Buffer.byteLength(body);
  const isHead = response.req.method === 'HEAD';
  // What has no body here may say how long that of the same GET is.
  const contentLength = (isHead && Number(headers?.['content-length'])) || length;
  response.writeHead(status, { ...SECURITY_HEADERS, ...headers, 'content-length': contentLength });
  if (isHead) response.end();
  // Only ASCII is as long in bytes as in characters, and is copied where UTF-8 would be encoded.
  else if (typeof body === 'string' && length === body.length) response.end(body, 'latin1');
  else response.end(body);
}

/** A text that is as long would be copied once more, to stand behind the headers in one. */
const LONG_TEXT = 16 * 1024;

function bytesOfLong(body: string | Buffer): string | Buffer {
  return typeof body === 'string' && body.length > LONG_TEXT ? Buffer.from(body) : body;
}

/** A JSON answer. */
export function json(status: number, value: unknown, headers?: Reply['headers']): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}

/** The answer to a request that a door refused, or that failed in it. */
export function refusalOf(thrown: unknown, to: { requestId: string; log: Logger }): Reply {
  const error = thrown instanceof GraphQLError ? thrown : codedError(thrown);
  if (error !== thrown) to.log.error({ err: thrown, requestId: to.requestId }, 'request failed');
  const status = error instanceof CivitasError ? catalogue[error.code].status : 500;
  const headers: Record<string, string> = {};
  // The rest of the body is not read, so the connection cannot carry another request.
  if (status === 413 || status === 408) headers['connection'] = 'close';
  const { retryAfterSeconds } = error instanceof CivitasError ? error.extensions : {};
  if (typeof retryAfterSeconds === 'number') headers['retry-after'] = `${retryAfterSeconds}`;
  if (error instanceof CivitasError && error.code === 'METHOD_NOT_ALLOWED') {
    headers['allow'] = 'GET, POST';
  }
  return json(status, { errors: [presentOwnError(error, to)] }, headers);
}
