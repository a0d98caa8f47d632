import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { withinTime } from '../../concurrency/index.ts';
import { CivitasError, catalogue } from '../../errors/index.ts';
import { inSpan, isTracing, type Logger, logSparingly } from '../../telemetry/index.ts';
import { COOKIES_HEADER, createCookieJar, writeCookieChanges } from '../callers/client-cookies.ts';
import { REMAINING_HEADER, readRemainingMs } from '../callers/deadline.ts';
import { readInternalToken, VIEWER_HEADER } from '../callers/internal-token.ts';
import { codedError } from '../execution/coded-error.ts';
import { executeOnSubgraph } from '../execution/execute-on-subgraph.ts';
import type { HttpRoute, Subgraph } from '../types.ts';
import { askRoute } from './ask-route.ts';
import { findRoute } from './find-route.ts';
import { measureRequest } from './request-duration.ts';
import { serveSubscriptions } from './serve-subscriptions.ts';

interface ServeOptions {
  readonly port: number;
  readonly host: string;
  /** Shared with the gateway, which signs every request with it. */
  readonly internalSecret: string;
  readonly log: Logger;
  /** For the headers of a request, and for the first byte on a connection. Default 10 s. */
  readonly headersMs?: number;
  /** For the body of a signed request, which a gateway sends at once. Default 10 s. */
  readonly bodyMs?: number;
  /** Connections at once; more are closed as they come. Default 4,000. */
  readonly maxConnections?: number;
}

export interface ServedSubgraph {
  /** Of the GraphQL endpoint. */
  readonly url: string;
  /** Stops accepting, lets running requests finish (10 s at most), then stops the subgraph. */
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 8 * 1024 * 1024;
const DRAIN_MS = 10_000;
/** Only the gateway has reason to call, and it writes its headers at once. */
const HEADERS_MS = 10_000;
const BODY_MS = 10_000;
const bodyTooLate = () => new CivitasError('REQUEST_TIMEOUT');
/** 128 of each gateway with its sockets, and as many gateways as anybody runs. */
const MAX_CONNECTIONS = 4_000;
/** As the gateway's own: a token with its claims takes one or two of these. */
const MAX_HEADER_BYTES = 16 * 1024;
/** Longer than the gateway's pool keeps idle connections, so that only the gateway ends them. */
const KEEP_ALIVE_MS = 65_000;

const requestShape = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});

/**
 * Serves one subgraph as a process of its own: `/graphql` for the gateway alone (queries and
 * mutations by POST, subscriptions by WebSocket; every one signed, `_entities` and `_service` too),
 * its plain routes, and health.
 */
export async function serveSubgraph(
  subgraph: Subgraph,
  options: ServeOptions,
): Promise<ServedSubgraph> {
  await subgraph.start();
  let closing: Promise<void> | undefined;
  const { headersMs = HEADERS_MS } = options;
  const limits = {
    headersTimeout: headersMs,
    connectionsCheckingInterval: headersMs / 4,
    maxHeaderSize: MAX_HEADER_BYTES,
  };
  const server = createServer(limits, (request, response) => {
    // Who keeps sending on a kept connection would otherwise keep us from ever being done.
    if (closing) response.setHeader('connection', 'close');
    answer(subgraph, options, request, response).catch((error: unknown) => {
      refuse(response, error, options.log);
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.maxConnections = options.maxConnections ?? MAX_CONNECTIONS;
  const closeSubscriptions = serveSubscriptions(server, subgraph, {
    path: '/graphql',
    internalSecret: options.internalSecret,
    maxBodyBytes: MAX_BODY_BYTES,
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host}:${port}/graphql`,
    close: () => (closing ??= close()),
  };

  async function close(): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const deadline = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    server.closeIdleConnections();
    await Promise.all([closed, closeSubscriptions()]);
    clearTimeout(deadline);
    await subgraph.stop();
  }
}

async function answer(
  subgraph: Subgraph,
  options: ServeOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url?.split('?', 1)[0] ?? '/';
  if (path === '/health/live') return send(response, 200, '{"status":"live"}');
  if (path === '/health/ready') {
    await subgraph.ready().catch((cause: unknown) => {
      throw new CivitasError('SERVICE_UNAVAILABLE', { cause });
    });
    return send(response, 200, '{"status":"ready"}');
  }
  const route = findRoute(subgraph.routes, request.method, path);
  if (route) return answerRoute(route, request, response, path);
  if (path !== '/graphql') throw new CivitasError('NOT_FOUND');
  return answerGraphql(subgraph, options, request, response);
}

async function answerRoute(
  route: HttpRoute,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const answered = await askRoute(route, request, path, () => readBody(request));
  // What was not read of a request would be taken for the next one.
  if (!request.complete) response.setHeader('connection', 'close');
  if (!(answered.body instanceof Readable)) {
    return send(response, answered.status, answered.body, answered.headers);
  }
  response.writeHead(answered.status, answered.headers);
  // Who leaves early is no failure of ours, and the stream is destroyed either way.
  await pipeline(answered.body, response).catch(() => undefined);
}

async function answerGraphql(
  subgraph: Subgraph,
  options: ServeOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const token = request.headers[VIEWER_HEADER];
  const callerOf = readInternalToken(
    typeof token === 'string' ? token : undefined,
    subgraph.name,
    options.internalSecret,
  );
  const body = await withinTime(readBody(request), options.bodyMs ?? BODY_MS, bodyTooLate);
  const caller = callerOf(body);
  const { query, operationName, variables } = readRequest(body);
  const left = new AbortController();
  // Not after a whole answer: an abort makes an error with its stack.
  response.once('close', () => response.writableFinished || left.abort());
  const remaining = readRemainingMs(request.headers[REMAINING_HEADER]);
  const deadlineAtMs = remaining === undefined ? undefined : Date.now() + remaining;
  const { cookies: given, ...asker } = caller;
  const cookies = given && createCookieJar(given);
  const run = () =>
    untilDeadline(remaining, left, () =>
      executeOnSubgraph(
        subgraph,
        { query, operationName: operationName ?? undefined, variables: variables ?? undefined },
        { ...asker, cookies, signal: left.signal, deadlineAtMs },
      ),
    );
  const measured = measureRequest(subgraph.name);
  try {
    const result = await (isTracing() ? continued(request, subgraph.name, run) : run());
    measured(result.errors ? 'errors' : 'ok');
    const changes = cookies?.changes() ?? [];
    const headers = changes.length > 0 && { [COOKIES_HEADER]: writeCookieChanges(changes) };
    send(response, 200, JSON.stringify(result), headers || undefined);
  } catch (error) {
    measured('failed');
    throw error;
  }
}

/** Takes up the trace of the gateway, which has signed the request. */
function continued<Result>(
  request: IncomingMessage,
  name: string,
  run: () => Promise<Result>,
): Promise<Result> {
  const header = request.headers['traceparent'];
  const parent = typeof header === 'string' ? header : undefined;
  return inSpan(`POST ${name}`, { kind: 'server', attributes: {}, parent }, run);
}

/**
 * Nobody waits for an answer after the caller's deadline: work that heeds its signal stops, and the
 * connection is free for the next request.
 *
 * @throws CivitasError `SUBGRAPH_TIMEOUT`
 */
function untilDeadline<Result>(
  remaining: number | undefined,
  left: AbortController,
  work: () => Promise<Result>,
): Promise<Result> {
  if (remaining === undefined) return work();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const cause = new DOMException('The deadline has passed.', 'TimeoutError');
      left.abort(cause);
      reject(new CivitasError('SUBGRAPH_TIMEOUT', { cause }));
    }, remaining);
    work()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

function readRequest(body: Buffer): z.output<typeof requestShape> {
  try {
    return requestShape.parse(JSON.parse(body.toString('utf8')));
  } catch (cause) {
    throw new CivitasError('BAD_REQUEST', { cause });
  }
}

/** @throws CivitasError `PAYLOAD_TOO_LARGE`. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new CivitasError('PAYLOAD_TOO_LARGE');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}

function refuse(response: ServerResponse, error: unknown, log: Logger): void {
  const known = codedError(error);
  if (known.code === 'STORAGE_FULL') {
    logSparingly(log, 'error', 'storage full', {}, { err: known.originalError });
  }
  if (known !== error) logSparingly(log, 'error', 'request failed', {}, { err: error });
  if (response.headersSent) return void response.destroy();
  const { message, extensions } = known;
  send(
    response,
    catalogue[known.code].status,
    JSON.stringify({ errors: [{ message, extensions }] }),
    {
      connection: 'close',
    },
  );
}
