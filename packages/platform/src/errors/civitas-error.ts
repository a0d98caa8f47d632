import { GraphQLError } from 'graphql';
import { catalogue, type ErrorCode } from './catalogue.ts';

interface CivitasErrorOptions {
  /** Shown to the client. Defaults to the catalogue's message; must hold no secret. */
  readonly message?: string;
  /** Extra `extensions` a client can act on, e.g. `argumentPath`. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** The technical reason: logged, never shown. */
  readonly cause?: unknown;
}

/**
 * A failure with a code from the catalogue, safe to show to a client as it is. Everything else
 * that is thrown is answered as `INTERNAL_SERVER_ERROR` with a masked message.
 */
export class CivitasError extends GraphQLError {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, options: CivitasErrorOptions = {}) {
    super(options.message ?? catalogue[code].message, {
      extensions: { ...options.details, code },
      originalError: options.cause instanceof Error ? options.cause : undefined,
    });
    this.name = 'CivitasError';
    this.code = code;
  }
}

/** True for a `CivitasError`, also when GraphQL execution has wrapped it with a path. */
export function isCivitasError(error: unknown): error is CivitasError {
  return (
    error instanceof CivitasError ||
    (error instanceof GraphQLError && error.originalError instanceof CivitasError)
  );
}
