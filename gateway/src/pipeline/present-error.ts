import { CivitasError, catalogue, type ErrorCode } from '@civitas/platform/errors';
import { type Logger, logSparingly } from '@civitas/platform/telemetry';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

interface Presentation {
  readonly requestId: string;
  readonly log: Logger;
}

/**
 * Codes that speak of a request as a whole. From a subgraph they speak of the request that the
 * gateway made, which is not the client's business.
 */
const OF_THE_REQUEST: ReadonlySet<string> = new Set<ErrorCode>([
  'BAD_REQUEST',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'CSRF_PREVENTION',
  'INTERNAL_CALLER_REQUIRED',
  'SERVICE_UNAVAILABLE',
  'INTERNAL_SERVER_ERROR',
]);

/** What servers and gateways add for their own eyes. */
const INTERNAL_EXTENSIONS: ReadonlySet<string> = new Set([
  'serviceName',
  'service',
  'stacktrace',
  'exception',
  'url',
  'request',
  'response',
  'subgraph',
]);

/** An error this gateway raised itself: shown as it is when it is coded, else masked. */
export function presentOwnError(error: unknown, to: Presentation): GraphQLFormattedError {
  if (error instanceof GraphQLError && codeOf(error) !== undefined) return formatted(error, to);
  return masked(error, to);
}

/**
 * An error that came out of execution, most of them from subgraphs: shown when its code is in the
 * catalogue and meant for clients, else logged and masked. Its path is kept up to the first list
 * mark that could not be resolved; locations are dropped, since they point into another document.
 */
export function presentExecutionError(
  error: GraphQLError,
  to: Presentation,
): GraphQLFormattedError {
  const path = error.path && resolvedPart(error.path);
  const code = codeOf(error);
  if (code === undefined || OF_THE_REQUEST.has(code))
    return { ...masked(error, to), ...(path && { path }) };
  if (catalogue[code].status >= 500) logFailure(error, to);
  const { message, extensions } = formatted(error, to);
  return { message, ...(path && { path }), extensions };
}

function codeOf(error: GraphQLError): ErrorCode | undefined {
  const code = error.extensions?.['code'];
  return typeof code === 'string' && Object.hasOwn(catalogue, code)
    ? (code as ErrorCode)
    : undefined;
}

function formatted(error: GraphQLError, { requestId }: Presentation): GraphQLFormattedError {
  const shown = Object.entries(error.extensions).filter(([name]) => !INTERNAL_EXTENSIONS.has(name));
  return {
    message: error.message,
    ...(error.locations && { locations: error.locations }),
    ...(error.path && { path: error.path }),
    extensions: { ...Object.fromEntries(shown), requestId },
  };
}

function masked(error: unknown, to: Presentation): GraphQLFormattedError {
  logFailure(error, to);
  return formatted(new CivitasError('INTERNAL_SERVER_ERROR'), to);
}

function logFailure(error: unknown, { log, requestId }: Presentation): void {
  const { serviceName } = (error as Partial<GraphQLError>).extensions ?? {};
  const cause = error instanceof GraphQLError ? rootCause(error) : error;
  const code = error instanceof GraphQLError ? codeOf(error) : undefined;
  const subgraph = typeof serviceName === 'string' ? serviceName : undefined;
  logSparingly(log, 'error', 'operation failed', { subgraph, code }, { err: cause, requestId });
}

function rootCause(error: GraphQLError): Error {
  const { originalError } = error;
  if (originalError instanceof GraphQLError) return rootCause(originalError);
  return originalError instanceof Error ? originalError : error;
}

function resolvedPart(path: readonly (string | number)[]): readonly (string | number)[] {
  const unresolved = path.indexOf('@');
  return unresolved < 0 ? path : path.slice(0, unresolved);
}
