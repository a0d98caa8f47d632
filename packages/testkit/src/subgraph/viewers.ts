import { newId } from '@civitas/platform/ids';
import type { UserViewer } from '@civitas/platform/subgraph';

/** Somebody who is signed in: a civilian without roles who has just signed in, unless said otherwise. */
export function userViewer(given: Partial<Omit<UserViewer, 'type'>> = {}): UserViewer {
  return {
    type: 'user',
    id: newId('usr'),
    kind: 'CIVILIAN',
    roles: [],
    scopes: [],
    sessionId: newId('ses'),
    provedAt: Math.floor(Date.now() / 1000),
    ...given,
  };
}
