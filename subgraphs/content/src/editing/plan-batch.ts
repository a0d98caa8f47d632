import { clocksAfter, isKnown, type ReadUpdate } from './check-update.ts';
import { requireEditor } from './document-access.ts';
import { topicClientIdTaken, topicEpochChanged } from './refusal.ts';
import type { RoomState } from './room-state.ts';

/** One update that waits to be stored. */
export interface WaitingPush {
  readonly userId: string;
  readonly clientId: number;
  readonly epoch: number;
  readonly bytes: Uint8Array;
  readonly read: ReadUpdate;
  readonly settle: (outcome: PushOutcome) => void;
  readonly fail: (error: unknown) => void;
}

export interface PushOutcome {
  readonly epoch: number;
  /** Everything up to here is stored, the pushed update included unless something is missing. */
  readonly seq: number;
  /** True when the update builds on something that the server does not have; nothing was stored. */
  readonly isMissing: boolean;
}

export interface Batch {
  /** To be stored under one sequence number each, in this order. */
  readonly accepted: readonly WaitingPush[];
  /** Change nothing, but what they repeat may be among the accepted. */
  readonly repeated: readonly WaitingPush[];
  readonly bindings: readonly { readonly clientId: number; readonly userId: string }[];
}

/**
 * Sorts pushes by what the committed state says of them. Refused ones and those with a gap are
 * answered here and now.
 */
export function planBatch(pushes: readonly WaitingPush[], state: RoomState): Batch {
  const accepted: WaitingPush[] = [];
  const repeated: WaitingPush[] = [];
  const clocks = new Map<number, number>();
  const bindings = new Map<number, string>();
  const seen = new Set<string>();
  const known = (client: number) => clocks.get(client) ?? state.clocks(client);
  const ownerOf = (client: number) => bindings.get(client) ?? state.ownerOf(client);

  for (const push of pushes) {
    try {
      mayPush(push, state);
      const after = clocksAfter(push.read, known);
      if (after === null) {
        push.settle({ epoch: state.epoch, seq: state.seq, isMissing: true });
        continue;
      }
      const text = Buffer.from(push.bytes).toString('latin1');
      if (seen.has(text) || isKnown(push.read, state.doc, known)) {
        repeated.push(push);
        continue;
      }
      const writers = new Set([push.clientId, ...newWriters(after, known)]);
      for (const client of writers) {
        if ((ownerOf(client) ?? push.userId) !== push.userId) throw topicClientIdTaken();
      }
      state.checkRoom([...accepted, push]);
      for (const client of writers) {
        if (ownerOf(client) === undefined) bindings.set(client, push.userId);
      }
      for (const [client, clock] of after) clocks.set(client, clock);
      seen.add(text);
      accepted.push(push);
    } catch (error) {
      push.fail(error);
    }
  }
  const bound = Array.from(bindings, ([clientId, userId]) => ({ clientId, userId }));
  return { accepted, repeated, bindings: bound };
}

function mayPush({ userId, epoch }: WaitingPush, state: RoomState): void {
  requireEditor(state.access, userId);
  if (epoch !== state.epoch) throw topicEpochChanged(state.epoch);
}

function newWriters(after: ReadonlyMap<number, number>, known: (client: number) => number) {
  return [...after].filter(([client, clock]) => clock > known(client)).map(([client]) => client);
}
