import * as Y from 'yjs';

/** What a document has that was not pushed yet. */
export interface Outbox {
  add(update: Uint8Array): void;
  /** Everything that waits, as one update; null when nothing does. */
  take(): Uint8Array | null;
}

export function createOutbox(): Outbox {
  let waiting: Uint8Array[] = [];
  return {
    add: (update) => void waiting.push(update),
    take: () => {
      const [first] = waiting;
      const taken = waiting.length > 1 ? Y.mergeUpdates(waiting) : (first ?? null);
      waiting = [];
      return taken;
    },
  };
}

export function isEmpty(doc: Y.Doc): boolean {
  return doc.store.clients.size === 0;
}

/**
 * What a document has beyond a state vector, its deletions included; null when that is nothing.
 *
 * @param evenDeletions answers them also when they may be all there is.
 */
export function differenceTo(
  doc: Y.Doc,
  stateVector: Uint8Array,
  evenDeletions: boolean,
): Uint8Array | null {
  const theirs = Y.decodeStateVector(stateVector);
  const ours = Y.decodeStateVector(Y.encodeStateVector(doc));
  const isAhead = [...ours].some(([client, clock]) => clock > (theirs.get(client) ?? 0));
  return isAhead || evenDeletions ? Y.encodeStateAsUpdate(doc, stateVector) : null;
}
