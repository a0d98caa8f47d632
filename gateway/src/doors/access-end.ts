import type { Viewer } from '@civitas/platform/subgraph';
import type { AccessChanges } from '../access/access-changes.ts';
import { atExpiry } from './token-expiry.ts';

/** Why somebody has to come back with another access token. */
export type AccessEnd = 'The access token has expired' | 'The rights of the account have changed';

/**
 * Calls back once when what a client was let in with no longer holds: its token expires, its roles
 * change or its session ends.
 *
 * @returns a function that calls it off.
 */
export function atAccessEnd(
  {
    viewer,
    authorization,
  }: { readonly viewer: Viewer; readonly authorization: string | undefined },
  changes: AccessChanges,
  onEnd: (reason: AccessEnd) => void,
): () => void {
  const forgetExpiry = atExpiry(authorization, () => end('The access token has expired'));
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
