import { PRESENCE_TTL_MS } from './limits.ts';

/** Where one client of a document is: its cursor and whatever else its editor shows to others. */
export interface Presence {
  readonly clientId: number;
  /** Filled in by the server: nobody can speak in another's name. */
  readonly userId: string;
  /** Rises with every change of one client. */
  readonly clock: number;
  /** JSON of the client; null when it has left. */
  readonly state: string | null;
}

/** Who is in a document, as one server knows it. */
export interface PresenceBoard {
  ownerOf(clientId: number): string | undefined;
  /** The next entry of a client on this server; it is not put on the board. */
  next(clientId: number, userId: string, state: string | null): Presence;
  /** @returns false when a newer one is known. */
  put(presence: Presence, nowMs: number): boolean;
  all(): Presence[];
  /** Takes away and answers, as left, those not heard of for 32 s. */
  expire(nowMs: number): Presence[];
}

export function createPresenceBoard(): PresenceBoard {
  const entries = new Map<number, { presence: Presence; seenAtMs: number }>();
  const isHere = ({ presence }: { presence: Presence }) => presence.state !== null;
  return {
    ownerOf: (clientId) => {
      const entry = entries.get(clientId);
      return entry && isHere(entry) ? entry.presence.userId : undefined;
    },
    next: (clientId, userId, state) => {
      const clock = (entries.get(clientId)?.presence.clock ?? 0) + 1;
      return { clientId, userId, clock, state };
    },
    put: (presence, nowMs) => {
      const known = entries.get(presence.clientId);
      if (known && known.presence.clock > presence.clock) return false;
      entries.set(presence.clientId, { presence, seenAtMs: nowMs });
      return true;
    },
    all: () => [...entries.values()].filter(isHere).map(({ presence }) => presence),
    expire: (nowMs) => {
      const gone = [...entries.values()].filter(
        ({ seenAtMs }) => nowMs - seenAtMs > PRESENCE_TTL_MS,
      );
      for (const { presence } of gone) entries.delete(presence.clientId);
      return gone.filter(isHere).map(({ presence: { clientId, userId, clock } }) => {
        return { clientId, userId, clock: clock + 1, state: null };
      });
    },
  };
}
