import type { IncomingMessage } from 'node:http';
import { CivitasError } from '@civitas/platform/errors';
import { parseRequestParams, type RequestParams } from 'graphql-http';

/** What a GraphQL request asks for, however it was sent. */
export interface Parameters
  extends Pick<RequestParams, 'query' | 'operationName' | 'variables' | 'extensions'> {
  readonly documentId: unknown;
}

/**
 * Reads the parameters of a GraphQL request: from the address of a GET, from the JSON of a POST. A
 * missing query is empty when an id stands for it.
 *
 * @throws CivitasError `BAD_REQUEST`, `METHOD_NOT_ALLOWED`, `UNSUPPORTED_MEDIA_TYPE`,
 * `PAYLOAD_TOO_LARGE`, `REQUEST_TIMEOUT`
 */
export async function readParameters(
  request: IncomingMessage,
  readBody: () => Promise<Buffer>,
): Promise<Parameters> {
  const { method = 'GET', url = '/', headers } = request;
  const text = method === 'POST' ? (await readBody()).toString('utf8') : null;
  const given = text === null ? fromAddress(url) : fromJson(text);
  const asked = { method, headers, raw: request, context: null, url: given.url ?? url };
  try {
    const parameters = await parseRequestParams({ ...asked, body: given.body });
    if (!Array.isArray(parameters)) {
      return { ...(parameters as RequestParams), documentId: given.documentId };
    }
    throw new CivitasError(
      parameters[1].status === 405 ? 'METHOD_NOT_ALLOWED' : 'UNSUPPORTED_MEDIA_TYPE',
    );
  } catch (error) {
    if (error instanceof CivitasError || !(error instanceof Error)) throw error;
    throw new CivitasError('BAD_REQUEST', { message: `${error.message}.`, cause: error });
  }
}

interface Given {
  readonly url?: string;
  readonly body: string | Record<string, unknown> | null;
  readonly documentId: unknown;
}

/** `graphql-http` wants a query and knows of no ids. */
function fromAddress(url: string): Given {
  const search = new URLSearchParams(url.split('?')[1]);
  const documentId = search.get('documentId') ?? undefined;
  const isNamed = documentId !== undefined || search.has('extensions');
  const missing = isNamed && !search.has('query');
  return { body: null, documentId, ...(missing && { url: `${url}&query=` }) };
}

function fromJson(text: string): Given {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // Refused there, with the rest of what is no GraphQL request.
    return { body: text, documentId: undefined };
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { body: text, documentId: undefined };
  }
  const { documentId, ...parameters } = body as Record<string, unknown>;
  const isNamed = documentId !== undefined || hasPersistedQuery(parameters['extensions']);
  const query = parameters['query'] ?? (isNamed ? '' : undefined);
  return { body: { ...parameters, query }, documentId };
}

function hasPersistedQuery(extensions: unknown): boolean {
  return typeof extensions === 'object' && extensions !== null && 'persistedQuery' in extensions;
}
