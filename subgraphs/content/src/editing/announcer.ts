import { TELL_MS } from './limits.ts';
import type { Presence } from './presence.ts';
import type { RoomMessage } from './room-message.ts';

/** Tells other servers what happens to one document here. */
export interface Announcer {
  /** Updates that were committed behind `from` up to `to`. */
  updates(epoch: number, from: number, to: number, updates: readonly Uint8Array[]): void;
  presence(presence: Presence): void;
  /** Tells what waits now. */
  flush(): void;
}

/**
 * Tells each thing at once, or in a crowd what happens within 8 ms together: a message costs as much as
 * storing an edit.
 */
export function createAnnouncer(
  tell: (message: RoomMessage) => void,
  isCrowded: () => boolean,
): Announcer {
  let waiting: { epoch: number; from: number; to: number; updates: string[] } | undefined;
  /** The newest of each client. */
  const moved = new Map<number, Presence>();
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    flushUpdates();
    if (moved.size > 0) tell({ kind: 'presence', presence: [...moved.values()] });
    moved.clear();
  }

  function flushUpdates(): void {
    if (waiting) tell({ kind: 'updates', ...waiting });
    waiting = undefined;
  }

  function soon(): void {
    if (isCrowded()) timer ??= setTimeout(flush, TELL_MS);
    else flush();
  }

  return {
    updates: (epoch, from, to, updates) => {
      // What another server has written in between is not ours to tell.
      if (waiting?.epoch !== epoch || waiting.to !== from) flushUpdates();
      waiting ??= { epoch, from, to, updates: [] };
      waiting.to = to;
      waiting.updates.push(...updates.map((update) => Buffer.from(update).toString('base64')));
      soon();
    },
    presence: (presence) => {
      moved.set(presence.clientId, presence);
      soon();
    },
    flush,
  };
}
