import type { IncomingMessage, ServerResponse } from 'node:http';
import { CivitasError, type ErrorCode } from '@civitas/platform/errors';
import { OperationTypeNode } from 'graphql';
import { parseRequestParams, type RequestParams } from 'graphql-http';
import type { OperationResponse } from '../pipeline/types.ts';
import { acceptedStreams } from './accepted-streams.ts';
import { answerWithStream } from './answer-with-stream.ts';
import { refuseSimpleRequest } from './csrf.ts';
import type { DoorOptions } from './door.ts';
import { negotiate, type ResponseType } from './negotiate.ts';
import type { OpenStreams } from './open-streams.ts';
import { readBody } from './read-body.ts';
import type { Reply } from './reply.ts';

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
  options: DoorOptions & { readonly streams: OpenStreams },
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
  const { query, operationName, variables } = await readParameters(request, options.maxBodyBytes);
  const left = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) left.abort();
  });
  const operation = {
    query,
    operationName,
    variables,
    authorization: request.headers.authorization,
    clientAddress: options.locate(request).address,
    requestId,
    signal: left.signal,
    asText: type !== undefined,
  };
  if (streams) {
    const accepted = { ...streams, single: type !== undefined };
    const answer = await answerWithStream(operation, request, accepted, options);
    return 'result' in answer ? toReply(answer, type ?? 'application/json') : answer;
  }
  const kinds = request.method === 'GET' ? [OperationTypeNode.QUERY] : undefined;
  return toReply(await options.execute({ ...operation, kinds }), type ?? 'application/json');
}

async function readParameters(request: IncomingMessage, maxBytes: number): Promise<RequestParams> {
  const { method = 'GET', url = '/', headers } = request;
  const body = method === 'POST' ? (await readBody(request, maxBytes)).toString('utf8') : null;
  try {
    const parameters = await parseRequestParams({
      method,
      url,
      headers,
      body,
      raw: request,
      context: null,
    });
    if (!Array.isArray(parameters)) return parameters as RequestParams;
    throw new CivitasError(
      parameters[1].status === 405 ? 'METHOD_NOT_ALLOWED' : 'UNSUPPORTED_MEDIA_TYPE',
    );
  } catch (error) {
    if (error instanceof CivitasError || !(error instanceof Error)) throw error;
    throw new CivitasError('BAD_REQUEST', { message: `${error.message}.`, cause: error });
  }
}

/** With the older media type a refused GraphQL request is a successful HTTP exchange. */
const WELL_FORMED: ReadonlySet<unknown> = new Set<ErrorCode>([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
]);

function toReply({ result, text, status }: OperationResponse, type: ResponseType): Reply {
  const code = result.errors?.[0]?.extensions?.['code'];
  const isExchange = type === 'application/json' && WELL_FORMED.has(code);
  const headers = { 'content-type': `${type}; charset=utf-8` };
  return {
    status: isExchange ? 200 : status,
    headers: code === 'METHOD_NOT_ALLOWED' ? { ...headers, allow: 'POST' } : headers,
    body: text ?? JSON.stringify(result),
  };
}
