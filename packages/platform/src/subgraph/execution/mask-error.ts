import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { CivitasError } from '../../errors/index.ts';
import { logSparingly } from '../../telemetry/index.ts';
import type { RequestContext } from '../types.ts';
import { codedError } from './coded-error.ts';

/**
 * Makes an execution error fit to leave a subgraph: one with a code of the catalogue leaves as it
 * is, a client's mistake in a value keeps its message as `BAD_USER_INPUT`. Anything else is
 * logged with its cause and leaves as {@link codedError} says.
 */
export function maskError(
  error: GraphQLError,
  { requestId, log }: Pick<RequestContext, 'requestId' | 'log'>,
): GraphQLFormattedError {
  const thrown = error.originalError ?? error;
  const place = {
    ...(error.locations && { locations: error.locations }),
    ...(error.path && { path: error.path }),
  };
  const known = [error, thrown].find((candidate) => candidate instanceof CivitasError);
  if (known) {
    const { code, originalError: cause } = known;
    // Clients are told what they can do; somebody has to make room.
    if (code === 'STORAGE_FULL') {
      logSparingly(log, 'error', 'storage full', {}, { err: cause, path: error.path });
    }
    return { message: known.message, ...place, extensions: { ...known.extensions, requestId } };
  }
  // graphql-js itself throws GraphQLErrors for values it cannot coerce; resolvers throw ours.
  if (thrown instanceof GraphQLError) {
    return { message: error.message, ...place, extensions: { code: 'BAD_USER_INPUT', requestId } };
  }
  const masked = codedError(thrown);
  const isBusy = masked.code === 'SERVICE_UNAVAILABLE';
  const message = isBusy ? 'database unavailable' : 'unexpected failure';
  const kind = { failure: thrown.name };
  logSparingly(log, 'error', message, kind, { err: thrown, path: error.path });
  return { message: masked.message, ...place, extensions: { ...masked.extensions, requestId } };
}
