import type { Viewer } from '@civitas/platform/subgraph';
import type { AccessChanges } from '../access/access-changes.ts';
import { atExpiry, atTime } from '../access/token-expiry.ts';

/** Why somebody has to come back with another access token. */
export type AccessEnd =
  | 'The access token has expired'
  | 'The API key has expired'
  | 'The rights of the account have changed';

/** What a client was let in with. */
interface Admitted {
  readonly viewer: Viewer;
  readonly authorization: string | undefined;
  /** When its API key ends. */
  readonly endsAt: Date | undefined;
}

/**
 * Calls back once when what a client was let in with no longer holds: its token expires, its roles
 * change or its session ends.
 *
 * @returns a function that calls it off.
 */
export function atAccessEnd(
  { viewer, authorization, endsAt }: Admitted,
  changes: AccessChanges,
  onEnd: (reason: AccessEnd) => void,
): () => void {
  const forgetExpiry = endsAt
    ? atTime(endsAt.getTime(), () => end('The API key has expired'))
    : atExpiry(authorization, () => end('The access token has expired'));
  const forgetChange = changes.watch(viewer, () => end('The rights of the account have changed'));
  function forget(): void {
    forgetExpiry();
    forgetChange();
  }
  function end(reason: AccessEnd): void {
    forget();
    onEnd(reason);
  }
  return forget;
}
