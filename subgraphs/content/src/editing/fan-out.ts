import { shareEvent } from '@civitas/platform/subgraph';
import * as Y from 'yjs';
import { mayAsk } from '../checkpoints/index.ts';
import { isEditor, isReader } from './document-access.ts';
import type { EditsEnd, EditsEvent } from './edits-event.ts';
import { COALESCE_MS, FEW_SUBSCRIBERS } from './limits.ts';
import { createMailbox, type Mailbox } from './mailbox.ts';
import { createPresenceBoard, type Presence, type PresenceBoard } from './presence.ts';
import type { Subscription } from './room.ts';
import type { RoomState } from './room-state.ts';
import { NOTHING, textOf } from './text-document.ts';

interface FanOutOptions {
  readonly state: RoomState;
  readonly onLeave: (subscription: Subscription) => void;
}

/** Brings what is committed to the subscribers of one document on one server. */
export interface FanOut {
  readonly presence: PresenceBoard;
  isCrowded(): boolean;
  count(): { readonly total: number; readonly editors: number; readonly viewers: number };
  /** Registers at once; the difference is taken when the stream is first read, so nothing is missed. */
  subscribe(subscription: Subscription, isAdmitted: boolean): Mailbox<EditsEvent>;
  add(update: Uint8Array): void;
  addPresence(presence: Presence): void;
  /** Whether the text may hold what only editors may read: solutions of questions. */
  isForEditors(): boolean;
  /** Ends the streams of those who may not see the document any more. */
  recheck(): void;
  /** The document is about to be replaced by one of another epoch: everybody starts anew. */
  reset(): void;
  lastEvent(reason: EditsEnd): EditsEvent;
  endAll(reason: EditsEnd): void;
}

export function createFanOut({ state, onLeave }: FanOutOptions): FanOut {
  const subscribers = new Map<Mailbox<EditsEvent>, Subscription & { wasEditor: boolean }>();
  const presence = createPresenceBoard();
  let updates: Uint8Array[] = [];
  let changed = new Map<number, Presence>();
  let before = NOTHING;
  let flushedAtMs = 0;
  let timer: NodeJS.Timeout | NodeJS.Immediate | null = null;
  /** The whole document, merged once for all who open it at the same sequence number. */
  let whole: { readonly epoch: number; readonly seq: number; readonly event: EditsEvent } | null =
    null;

  let asked: { readonly epoch: number; readonly seq: number; readonly answer: boolean } | null =
    null;

  function isForEditors(): boolean {
    const { epoch, seq } = state;
    if (asked?.epoch !== epoch || asked.seq !== seq) {
      asked = { epoch, seq, answer: mayAsk(textOf(state.doc).toString()) };
    }
    return asked.answer;
  }

  function mayFollow({ userId }: Subscription): boolean {
    return isEditor(state.access, userId) || !isForEditors();
  }

  function eventOf(parts: Partial<EditsEvent>): EditsEvent {
    const { epoch, seq } = state;
    return { epoch, seq, update: null, stateVector: null, presence: [], ended: null, ...parts };
  }

  function difference(since: Uint8Array): EditsEvent {
    const isWhole = since === NOTHING;
    const isFresh = whole?.epoch === state.epoch && whole.seq === state.seq;
    if (isWhole && whole && isFresh) return { ...whole.event, presence: presence.all() };
    const event = eventOf({
      update: base64(Y.encodeStateAsUpdate(state.doc, since)),
      stateVector: base64(Y.encodeStateVector(state.doc)),
      presence: presence.all(),
    });
    if (isWhole) whole = { epoch: state.epoch, seq: state.seq, event };
    return event;
  }

  function schedule(): void {
    if (timer !== null || subscribers.size === 0) return;
    if (subscribers.size <= FEW_SUBSCRIBERS) {
      timer = setImmediate(flush);
    } else {
      // The first change after a rest goes out at once, the others of its window together.
      const waitMs = Math.max(0, flushedAtMs + COALESCE_MS - performance.now());
      timer = setTimeout(flush, waitMs);
    }
  }

  function flush(): void {
    timer = null;
    for (const [mailbox, subscriber] of subscribers) {
      if (!mayFollow(subscriber)) end(mailbox, 'EDITORS_ONLY');
    }
    flushedAtMs = performance.now();
    const [only] = updates;
    const update = updates.length > 1 ? Y.mergeUpdates(updates) : only;
    const event = shareEvent(
      eventOf({
        update: update ? base64(update) : null,
        presence: [...changed.values()],
      }),
    );
    updates = [];
    changed = new Map();
    const since = before;
    before = Y.encodeStateVector(state.doc);
    for (const mailbox of subscribers.keys()) mailbox.offer(event, since);
  }

  function end(mailbox: Mailbox<EditsEvent>, reason: EditsEnd): void {
    mailbox.end(eventOf({ ended: reason }));
  }

  return {
    presence,
    isCrowded: () => subscribers.size > FEW_SUBSCRIBERS,
    count: () => {
      const all = [...subscribers.values()];
      const editors = all.filter(({ userId }) => isEditor(state.access, userId)).length;
      return { total: all.length, editors, viewers: all.length - editors };
    },
    subscribe: (subscription, isAdmitted) => {
      const isSameEpoch = subscription.epoch === null || subscription.epoch === state.epoch;
      const since = (isSameEpoch && subscription.stateVector) || NOTHING;
      const mailbox = createMailbox<EditsEvent>({
        since,
        difference: (from) => {
          if (!isAdmitted || mayFollow(subscription)) return difference(from);
          end(mailbox, 'EDITORS_ONLY');
          return null;
        },
        onEnd: () => {
          if (subscribers.delete(mailbox)) onLeave(subscription);
        },
      });
      if (!isAdmitted) return mailbox;
      if (subscribers.size === 0) before = Y.encodeStateVector(state.doc);
      subscribers.set(mailbox, {
        ...subscription,
        wasEditor: isEditor(state.access, subscription.userId),
      });
      return mailbox;
    },
    add: (update) => {
      if (subscribers.size === 0) return;
      updates.push(update);
      schedule();
    },
    addPresence: (entry) => {
      if (subscribers.size === 0) return;
      changed.set(entry.clientId, entry);
      schedule();
    },
    isForEditors,
    recheck: () => {
      for (const [mailbox, subscriber] of subscribers) {
        const { userId, wasEditor } = subscriber;
        subscriber.wasEditor = isEditor(state.access, userId);
        // Who may edit no more must know, and can open the topic again to read on.
        const isDemoted = wasEditor && !subscriber.wasEditor;
        if (isDemoted || !isReader(state.access, userId)) end(mailbox, 'ACCESS_LOST');
      }
    },
    reset: () => {
      updates = [];
      whole = null;
      before = NOTHING;
      for (const mailbox of subscribers.keys()) mailbox.restart(NOTHING);
      schedule();
    },
    lastEvent: (reason) => eventOf({ ended: reason }),
    endAll: (reason) => {
      for (const mailbox of [...subscribers.keys()]) end(mailbox, reason);
    },
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
