import type { Logger } from '@civitas/platform/telemetry';
import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import { type AccessDecision, denial } from '../access/decide-access.ts';
import { unmarkDenied } from '../access/denied-places.ts';
import type { RawResult } from '../execution/types.ts';
import { presentExecutionError, presentOwnError } from './present-error.ts';

interface ShapeOptions {
  readonly access: AccessDecision;
  readonly requestId: string;
  readonly log: Logger;
}

/**
 * The response of an operation that ran: data, errors fit to be shown, and one error for every
 * place where access was denied.
 */
export function shape(raw: RawResult, { access, ...to }: ShapeOptions): FormattedExecutionResult {
  const data = raw.data ?? null;
  const errors: GraphQLFormattedError[] = raw.errors.map((error) =>
    presentExecutionError(error, to),
  );
  for (const path of access.denied.length > 0 ? unmarkDenied(data, access.denied) : []) {
    errors.push(presentOwnError(denial(access.code, path), to));
  }
  // A null that no other error explains: a subgraph's answer did not fit the schema.
  if (errors.length === 0) {
    errors.push(...raw.completionErrors.map((error) => presentExecutionError(error, to)));
  }
  return errors.length > 0 ? { errors, data } : { data };
}
