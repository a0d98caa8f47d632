import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorCode } from '@civitas/platform/errors';
import { OperationTypeNode } from 'graphql';
import { type Credentials, credentialsOf, setCookiesOf } from '../../access/session-cookies.ts';
import type { OperationResponse } from '../../pipeline/types.ts';
import type { DoorOptions } from '../door.ts';
import type { Reply } from '../reply.ts';
import { acceptedStreams } from '../streams/accepted-streams.ts';
import { answerWithStream } from '../streams/answer-with-stream.ts';
import type { OpenStreams } from '../streams/open-streams.ts';
import { refuseSimpleRequest } from './csrf.ts';
import type { ReadRequestBody } from './large-bodies.ts';
import { negotiate, type ResponseType } from './negotiate.ts';
import { readParameters } from './read-parameters.ts';
import { reusableReply } from './reusable-reply.ts';

/**
 * The HTTP door: POST with JSON, GET for queries, as "GraphQL over HTTP" has it. Parameters are
 * read by `graphql-http`; the operation goes to the pipeline.
 *
 * @throws CivitasError for what is not a GraphQL request.
 */
export async function answerGraphql(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  options: DoorOptions & {
    readonly streams: OpenStreams;
    readonly readRequestBody: ReadRequestBody;
  },
): Promise<Reply> {
  const type = negotiate(request.headers.accept);
  const streams = acceptedStreams(request.headers.accept);
  if (!type && !streams) {
    return {
      status: 406,
      headers: { accept: 'application/graphql-response+json, application/json' },
    };
  }
  if (options.csrfPrevention) refuseSimpleRequest(request.headers);
  const { address: clientAddress, isSecure } = options.locate(request);
  const credentials = credentialsOf(request, isSecure, options.sessionOrigins);
  const parameters = await readParameters(request, () =>
    options.readRequestBody(request, response, credentials.authorization),
  );
  const left = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) left.abort();
  });
  const clientName = request.headers[CLIENT_NAME_HEADER];
  const operation = {
    ...parameters,
    clientName: typeof clientName === 'string' ? clientName : undefined,
    ...credentials,
    userAgent: userAgentOf(request.headers['user-agent']),
    clientAddress,
    requestId,
    signal: left.signal,
    asText: type !== undefined,
  };
  return withCookies(await answered(), credentials);

  async function answered(): Promise<Reply> {
    if (streams) {
      // Cookies are set before anything is written, so nothing of the answer can come later.
      const increments = streams.increments && credentials.cookies === undefined;
      const accepted = { ...streams, increments, single: type !== undefined };
      const answer = await answerWithStream(operation, request, accepted, options);
      return 'result' in answer ? toReply(answer, type ?? 'application/json') : answer;
    }
    const kinds = request.method === 'GET' ? [OperationTypeNode.QUERY] : undefined;
    const answer = await options.execute({ ...operation, kinds });
    const reply = toReply(answer, type ?? 'application/json');
    const { freshness, errors } = answer;
    // Errors say what of it this caller may not read, and are not among what is remembered.
    if (!freshness || errors || request.method !== 'GET') return reply;
    return reusableReply(reply, freshness, request, credentials);
  }
}

function withCookies(reply: Reply, { cookies }: Credentials): Reply {
  const changed = cookies ? setCookiesOf(cookies) : [];
  if (changed.length === 0) return reply;
  return { ...reply, headers: { ...reply.headers, 'set-cookie': changed } };
}

const MAX_USER_AGENT = 400;

/** It is shown to people and kept: printable ASCII, cut. */
function userAgentOf(given: string | undefined): string | undefined {
  return given?.replace(/[^\x20-\x7e]/g, '').slice(0, MAX_USER_AGENT) || undefined;
}

/** Programs without an API key say here what they are called, as Apollo's clients do. */
const CLIENT_NAME_HEADER = 'apollographql-client-name';

/** With the older media type a refused GraphQL request is a successful HTTP exchange. */
const WELL_FORMED: ReadonlySet<unknown> = new Set<ErrorCode>([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'PERSISTED_QUERY_NOT_FOUND',
]);

function toReply(
  { result, text, bytes, status, headers: about }: OperationResponse,
  type: ResponseType,
): Reply {
  const { code, retryAfterSeconds } = result.errors?.[0]?.extensions ?? {};
  const isExchange = type === 'application/json' && WELL_FORMED.has(code);
  const isToWait = status !== 200 && typeof retryAfterSeconds === 'number';
  const headers = {
    ...(isToWait && { 'retry-after': String(retryAfterSeconds) }),
    ...about,
    'content-type': `${type}; charset=utf-8`,
  };
  return {
    status: isExchange ? 200 : status,
    headers: code === 'METHOD_NOT_ALLOWED' ? { ...headers, allow: 'POST' } : headers,
    body: bytes ?? text ?? JSON.stringify(result),
  };
}
