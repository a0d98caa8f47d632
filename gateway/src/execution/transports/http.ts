import { CivitasError } from '@civitas/platform/errors';
import {
  REMAINING_HEADER,
  type RequestOrigin,
  remainingMs,
  type SubgraphRequest,
  type SubgraphTransport,
  signInternalToken,
  takeCookieChanges,
  VIEWER_HEADER,
} from '@civitas/platform/subgraph';
import { traceparent } from '@civitas/platform/telemetry';
import type { ExecutionResult } from 'graphql';
import { createHttpClient } from './http-client.ts';
import { HttpTimeoutError } from './http-connection.ts';
import type { HttpAnswer } from './response-reader.ts';
import { webSocketSource } from './websocket.ts';

interface HttpTransportOptions {
  /** The subgraph's name, the audience of the signed token. */
  readonly name: string;
  /** Of its GraphQL endpoint. */
  readonly url: string;
  /** Shared with the subgraph; at least 32 characters. */
  readonly secret: string;
  /** Default 2 s. */
  readonly connectTimeoutMs?: number;
  /** Until the headers, and between pieces of the body. Default 10 s. */
  readonly responseTimeoutMs?: number;
  /** Default 32 MiB. */
  readonly maxResponseBytes?: number;
  /** Connections kept open at once. Default 64. */
  readonly connections?: number;
}

/** Below the subgraph's 65 s, so that the gateway is the one to end idle connections. */
const KEEP_ALIVE_MS = 30_000;
const READY_TIMEOUT_MS = 2_000;
const HEADERS = ['content-type', 'application/json', 'accept', 'application/json'] as const;

/** A longer one would keep events waiting behind it. */
const MAX_SOCKET_CHARACTERS = 128 * 1024;

/**
 * Reaches a subgraph over HTTP with kept-alive connections; the viewer travels in a signed token
 * bound to the subgraph and the body. Subscriptions go over one WebSocket to the same address, and so
 * do small mutations while it is open: who edits a text together follows it and pushes many times a
 * second, and an exchange by HTTP costs several messages.
 *
 * A request is sent once; whether to send it again is the upstream's to say.
 * Rejects with CivitasError `SUBGRAPH_TIMEOUT` when a time is up or the request's signal aborts,
 * and `SUBGRAPH_UNAVAILABLE` for everything else that is not a GraphQL answer.
 */
export function httpTransport(options: HttpTransportOptions): SubgraphTransport {
  const { origin, pathname } = new URL(options.url);
  const client = createHttpClient(origin, {
    connections: options.connections,
    keepAliveMs: KEEP_ALIVE_MS,
    connectTimeoutMs: options.connectTimeoutMs,
    responseTimeoutMs: options.responseTimeoutMs,
    maxResponseBytes: options.maxResponseBytes,
  });

  const source = webSocketSource({
    name: options.name,
    url: options.url,
    secret: options.secret,
    connectTimeoutMs: options.connectTimeoutMs ?? 2_000,
  });

  async function send(
    { read = JSON.parse }: SubgraphRequest,
    body: string,
    token: string,
    from: RequestOrigin,
  ): Promise<ExecutionResult> {
    const answer = await client.send({
      method: 'POST',
      path: pathname,
      headers: headersOf(token, from),
      body,
      signal: from.signal,
    });
    const result = readResult(answer, read);
    if (from.cookies && answer.cookies !== undefined) {
      takeCookieChanges(answer.cookies, from.cookies);
    }
    return result;
  }

  return {
    execute: async (request, from) => {
      if (source.isOpen() && isForSocket(request, from)) return source.execute(request, from);
      const body = request.json ?? JSON.stringify(request);
      const { viewer, requestId, clientAddress, userAgent } = from;
      const cookies = from.cookies?.given;
      const audience = options.name;
      const claims = { viewer, requestId, clientAddress, userAgent, cookies, audience, body };
      const token = await signInternalToken(claims, options.secret);
      try {
        return await send(request, body, token, from);
      } catch (cause) {
        const late = from.signal.aborted || cause instanceof HttpTimeoutError;
        throw new CivitasError(late ? 'SUBGRAPH_TIMEOUT' : 'SUBGRAPH_UNAVAILABLE', { cause });
      }
    },
    ready: async () => {
      const { status } = await client.send({
        method: 'GET',
        path: '/health/ready',
        headers: [],
        signal: AbortSignal.timeout(READY_TIMEOUT_MS),
      });
      if (status === 200) return;
      throw new CivitasError('SUBGRAPH_UNAVAILABLE', { cause: new Error(`status ${status}`) });
    },
    subscribe: source.subscribe,
    close: async () => {
      await Promise.all([client.close(), source.close()]);
    },
  };
}

function isForSocket({ query, json = '' }: SubgraphRequest, from: RequestOrigin): boolean {
  if (!query.startsWith('mutation') || json.length > MAX_SOCKET_CHARACTERS) return false;
  // What only headers carry.
  return from.cookies === undefined && from.userAgent === undefined && traceparent() === undefined;
}

function headersOf(token: string, from: RequestOrigin): string[] {
  const headers = [...HEADERS, 'x-request-id', from.requestId, VIEWER_HEADER, token];
  const remaining = remainingMs(from);
  if (remaining !== undefined) headers.push(REMAINING_HEADER, String(remaining));
  const trace = traceparent();
  if (trace !== undefined) headers.push('traceparent', trace);
  return headers;
}

function readResult(
  { status, contentType, text }: HttpAnswer,
  read: (json: string) => unknown,
): ExecutionResult {
  // 401 and 403 mean that the subgraph does not know this gateway: nothing a client did.
  if (!contentType.includes('json') || status >= 500 || status === 401 || status === 403) {
    throw new Error(`status ${status}, content type ${contentType}`);
  }
  const result = read(text);
  if (isExecutionResult(result)) return result;
  throw new Error('The answer is not a GraphQL result.');
}

function isExecutionResult(value: unknown): value is ExecutionResult {
  if (typeof value !== 'object' || value === null) return false;
  const { data, errors: failures } = value as Record<string, unknown>;
  if (failures !== undefined && !Array.isArray(failures)) return false;
  return failures !== undefined || (typeof data === 'object' && data !== null);
}
