import { isRetryable, isUnavailable } from '../../database/index.ts';
import { CivitasError } from '../../errors/index.ts';

/**
 * Whatever was thrown, with a code of the catalogue: a `CivitasError` as it is; `SERVICE_UNAVAILABLE`
 * where the database could not be asked, or rivals kept winning although it was tried again; else
 * `INTERNAL_SERVER_ERROR`. The latter two have the catalogue's message, so whoever asks logs what was thrown.
 */
export function codedError(thrown: unknown): CivitasError {
  if (thrown instanceof CivitasError) return thrown;
  const isBusy = isUnavailable(thrown) || isRetryable(thrown);
  return new CivitasError(isBusy ? 'SERVICE_UNAVAILABLE' : 'INTERNAL_SERVER_ERROR', {
    cause: thrown,
  });
}
