import type { Logger } from '@civitas/platform/telemetry';
import { createAnnouncer } from './announcer.ts';
import { readUpdate, UpdateMalformed } from './check-update.ts';
import { isEditor } from './document-access.ts';
import type { DocumentHead, DocumentLog, LogState } from './document-log.ts';
import type { EditsEnd, EditsEvent } from './edits-event.ts';
import { createFanOut, type FanOut } from './fan-out.ts';
import { MAX_EDITORS, MAX_VIEWERS } from './limits.ts';
import type { Mailbox } from './mailbox.ts';
import type { PushOutcome, WaitingPush } from './plan-batch.ts';
import type { Presence } from './presence.ts';
import { createPushQueue } from './push-queue.ts';
import { editedTopicNotFound, topicClientIdTaken, topicUpdateMalformed } from './refusal.ts';
import type { RoomMessage } from './room-message.ts';
import { createRoomState, type RoomState } from './room-state.ts';

interface RoomOptions {
  readonly topicId: string;
  readonly first: LogState;
  readonly log: DocumentLog;
  readonly logger: Logger;
  readonly now: () => Date;
  /** Tells the other servers; never rejects. */
  readonly tell: (message: RoomMessage) => void;
}

export interface Subscription {
  /** Null for nobody who is signed in. */
  readonly userId: string | null;
  readonly clientId: number;
  readonly stateVector: Uint8Array | null;
  readonly epoch: number | null;
}

export interface Push {
  readonly userId: string;
  readonly clientId: number;
  readonly epoch: number;
  readonly bytes: Uint8Array;
}

/** One document on one server: what is committed, who listens, who waits for a commit. */
export interface Room {
  readonly topicId: string;
  readonly state: RoomState;
  /** When somebody last had it open or changed it, in milliseconds of the clock. */
  readonly usedAtMs: number;
  subscribe(subscription: Subscription): AsyncIterableIterator<EditsEvent>;
  push(push: Push): Promise<PushOutcome>;
  /** Null says that the client has left. */
  setPresence(clientId: number, userId: string, state: string | null): void;
  hear(message: RoomMessage): void;
  /** Compares with what the database says now; ends the streams of those who may no longer see it. */
  observe(head: DocumentHead | undefined): void;
  catchUp(): Promise<void>;
  isIdle(sinceMs: number): boolean;
  close(reason: EditsEnd): Promise<void>;
}

/** @see Room */
export function createRoom(options: RoomOptions): Room {
  const { topicId, log, now, tell, logger } = options;
  const nowMs = () => now().getTime();
  const state = createRoomState(options.first, (update) => fanOut.add(update));
  const fanOut = createFanOut({ state, onLeave: leave });
  let usedAtMs = nowMs();
  let reading: Promise<void> | null = null;
  const announcer = createAnnouncer(tell, () => fanOut.isCrowded());

  const queue = createPushQueue({
    topicId,
    log,
    state,
    now,
    isCrowded: () => fanOut.isCrowded(),
    catchUp,
    onCommitted: (updates, from, to) => {
      usedAtMs = nowMs();
      announcer.updates(state.epoch, from, to, updates);
    },
  });

  /** One reading serves all who ask before it begins; who asks later waits for the next. */
  async function catchUp(): Promise<void> {
    while (reading) await reading.catch(() => undefined);
    reading = read().finally(() => {
      reading = null;
    });
    return reading;
  }

  async function read(): Promise<void> {
    const { epoch, seq } = state;
    const found = await log.read(topicId, { epoch, seq });
    if (!found) {
      fanOut.endAll('TOPIC_GONE');
      throw editedTopicNotFound();
    }
    if (found.epoch !== state.epoch) fanOut.reset();
    state.merge(found);
    fanOut.recheck();
  }

  function catchUpLater(): void {
    catchUp().catch((error: unknown) => logger.warn({ err: error, topicId }, 'cannot catch up'));
  }

  function announce(presence: Presence): void {
    if (fanOut.presence.put(presence, nowMs())) fanOut.addPresence(presence);
    announcer.presence(presence);
  }

  function leave({ clientId, userId }: Subscription): void {
    usedAtMs = nowMs();
    if (fanOut.presence.ownerOf(clientId) === userId && userId !== null) {
      announce(fanOut.presence.next(clientId, userId, null));
    }
  }

  return {
    topicId,
    state,
    get usedAtMs() {
      return usedAtMs;
    },
    subscribe: (subscription) => {
      usedAtMs = nowMs();
      const refused = refusal(subscription, state, fanOut);
      const stream: Mailbox<EditsEvent> = fanOut.subscribe(subscription, refused === undefined);
      if (refused !== undefined) stream.end(fanOut.lastEvent(refused));
      return stream;
    },
    push: ({ userId, clientId, epoch, bytes }) => {
      usedAtMs = nowMs();
      const { promise, resolve, reject } = Promise.withResolvers<PushOutcome>();
      try {
        const push: WaitingPush = {
          ...{ userId, clientId, epoch, bytes, read: readUpdate(bytes) },
          ...{ settle: resolve, fail: reject },
        };
        queue.add(push);
      } catch (error) {
        reject(error instanceof UpdateMalformed ? topicUpdateMalformed(error.message) : error);
      }
      return promise;
    },
    setPresence: (clientId, userId, text) => {
      const owner = fanOut.presence.ownerOf(clientId) ?? state.ownerOf(clientId) ?? userId;
      if (owner !== userId) throw topicClientIdTaken();
      usedAtMs = nowMs();
      announce(fanOut.presence.next(clientId, userId, text));
    },
    hear: (message) => {
      if (message.kind === 'presence') {
        for (const presence of message.presence) {
          if (fanOut.presence.put(presence, nowMs())) fanOut.addPresence(presence);
        }
      } else if (message.kind === 'who') {
        tell({ kind: 'presence', presence: fanOut.presence.all() });
      } else if (message.epoch === state.epoch && message.from <= state.seq) {
        const updates = message.updates.map((update) => Buffer.from(update, 'base64'));
        if (message.to > state.seq) state.apply(updates, message.to);
      } else {
        catchUpLater();
      }
    },
    observe: (head) => {
      for (const gone of fanOut.presence.expire(nowMs())) fanOut.addPresence(gone);
      if (!head) return fanOut.endAll('TOPIC_GONE');
      state.setAccess(head.access);
      fanOut.recheck();
      if (head.epoch !== state.epoch || head.seq > state.seq) catchUpLater();
    },
    catchUp,
    isIdle: (sinceMs) => fanOut.count().total === 0 && usedAtMs < sinceMs,
    close: async (reason) => {
      await queue.idle();
      fanOut.endAll(reason);
      announcer.flush();
    },
  };
}

function refusal(
  { userId, clientId }: Subscription,
  state: RoomState,
  fanOut: FanOut,
): EditsEnd | undefined {
  const { editors, viewers } = fanOut.count();
  if (!isEditor(state.access, userId)) {
    if (fanOut.isForEditors()) return 'EDITORS_ONLY';
    return viewers >= MAX_VIEWERS ? 'TOO_MANY_VIEWERS' : undefined;
  }
  if (editors >= MAX_EDITORS) return 'TOO_MANY_EDITORS';
  const owner = state.ownerOf(clientId);
  return owner !== undefined && owner !== userId ? 'CLIENT_ID_TAKEN' : undefined;
}
