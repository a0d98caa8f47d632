import * as encoding from 'lib0/encoding';
import { type Awareness, applyAwarenessUpdate } from 'y-protocols/awareness';
import type { RemotePresence } from './operations.ts';

/**
 * Puts what the graph says of other clients into an `Awareness`, with `user.id` as the server knows
 * it. Clocks are counted here, because the order of the server decides.
 */
export function applyPresence(
  awareness: Awareness,
  presence: readonly RemotePresence[],
  origin: unknown,
): void {
  const others = presence.filter(({ clientId }) => clientId !== awareness.clientID);
  if (others.length === 0) return;
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, others.length);
  for (const { clientId, state, by } of others) {
    encoding.writeVarUint(encoder, clientId);
    encoding.writeVarUint(encoder, (awareness.meta.get(clientId)?.clock ?? 0) + 1);
    encoding.writeVarString(encoder, state === null ? 'null' : withUser(state, by?.id ?? null));
  }
  applyAwarenessUpdate(awareness, encoding.toUint8Array(encoder), origin);
}

/** Takes away those whom a complete list does not name. */
export function missingFrom(
  awareness: Awareness,
  presence: readonly RemotePresence[],
): RemotePresence[] {
  const named = new Set(presence.map(({ clientId }) => clientId));
  return [...awareness.getStates().keys()]
    .filter((clientId) => clientId !== awareness.clientID && !named.has(clientId))
    .map((clientId) => ({ clientId, state: null, by: null }));
}

function withUser(state: string, id: string | null): string {
  const parsed = JSON.parse(state) as Record<string, unknown>;
  const user = typeof parsed['user'] === 'object' ? parsed['user'] : {};
  return JSON.stringify({ ...parsed, user: { ...user, id } });
}
