import type { Client } from 'graphql-ws';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { fromBase64, toBase64 } from './base64.ts';
import type { PushResult, TopicEdits } from './operations.ts';
import { createOutbox, differenceTo, isEmpty } from './outbox.ts';
import { applyPresence, missingFrom } from './presence.ts';
import { GraphError, overWebSocket, type Transport } from './transport.ts';

export type TopicStatus = 'connecting' | 'synced' | 'offline' | 'ended';

export interface EditTopicOptions {
  readonly topicId: string;
  /** A client of `graphql-ws`; it stays the caller's to dispose of. */
  readonly client: Client;
  /** One that was edited offline, for example; a new one when absent. */
  readonly doc?: Y.Doc;
  /** The epoch of `doc`, when it was kept from an earlier time. */
  readonly epoch?: number;
  readonly onStatus?: (status: TopicStatus) => void;
  /** What is typed will not be stored, or the topic can no longer be followed. */
  readonly onRefused?: (reason: { readonly code: string; readonly message: string }) => void;
  /** The history was purged: bind the editor to `doc` anew. */
  readonly onReset?: () => void;
}

/** A topic in an editor. */
export interface EditedTopic {
  readonly doc: Y.Doc;
  /** The Markdown. Bind an editor to it. */
  readonly text: Y.Text;
  readonly awareness: Awareness;
  readonly status: TopicStatus;
  readonly epoch: number | null;
  /** Resolves when all that was typed so far is stored; rejects when it was refused. */
  saved(): Promise<void>;
  close(): void;
}

/** Between pushes of one client: 33 a second, below what the server takes. */
const PUSH_INTERVAL_MS = 30;
const RETRY_MIN_MS = 200;
const RETRY_MAX_MS = 5000;
/** A graph that is busy for a moment has turned the push away: nothing is lost, and the stream goes on. */
const BUSY_MIN_MS = 50;
const BUSY_MAX_MS = 1000;

/**
 * Opens a topic for editing together. Works offline: what is typed waits in the document and is
 * merged when the graph can be reached. One push is under way at a time; what is typed meanwhile goes
 * with the next.
 */
export function editTopic(options: EditTopicOptions): EditedTopic {
  return editTopicOver(overWebSocket(options.client), options);
}

/** Like `editTopic`, for another way to reach the graph. */
export function editTopicOver(
  transport: Transport,
  options: Omit<EditTopicOptions, 'client'>,
): EditedTopic {
  const { topicId, doc = new Y.Doc() } = options;
  const text = doc.getText('content');
  const awareness = new Awareness(doc);
  const outbox = createOutbox();
  const origin = { topicId };
  let epoch = options.epoch ?? null;
  let status: TopicStatus = 'connecting';
  let isSynced = false;
  let isPushing = false;
  let isClosed = false;
  let presenceChanged = false;
  let isReader = false;
  let failures = 0;
  /** Pushes that were turned away since the last one that was not. */
  let refusals = 0;
  let hasPast = !isEmpty(doc);
  let stop = () => {};
  let retry: ReturnType<typeof setTimeout> | undefined;
  let pushLater: ReturnType<typeof setTimeout> | undefined;
  let pushedAtMs = 0;
  let waiters: PromiseWithResolvers<void>[] = [];

  doc.on('update', onUpdate);
  awareness.on('update', onAwareness);
  connect();

  function setStatus(next: TopicStatus): void {
    if (status === next) return;
    status = next;
    options.onStatus?.(next);
  }

  function onUpdate(update: Uint8Array, from: unknown): void {
    if (from === origin) return;
    outbox.add(update);
    push();
  }

  function onAwareness(_: unknown, from: unknown): void {
    if (from === origin) return;
    presenceChanged = true;
    push();
  }

  function connect(): void {
    if (isClosed) return;
    const stateVector = toBase64(Y.encodeStateVector(doc));
    let isOver = false;
    const onEnd = (error: Error | null) => {
      if (isOver) return;
      isOver = true;
      lost(error);
    };
    stop = transport.follow(
      { topicId, clientId: doc.clientID, epoch, stateVector },
      { onEvent, onEnd },
    );
  }

  function lost(error: Error | null): void {
    isSynced = false;
    if (isClosed || status === 'ended') return;
    if (isFinal(error)) {
      end(error.code, error.message);
      return;
    }
    setStatus('offline');
    retryLater(error);
  }

  function retryLater(error: unknown): void {
    clearTimeout(retry);
    const waitMs = backoff(failures, RETRY_MIN_MS, isBusy(error) ? BUSY_MAX_MS : RETRY_MAX_MS);
    failures += 1;
    retry = setTimeout(() => {
      stop();
      connect();
    }, waitMs);
  }

  function end(code: string, message: string): void {
    setStatus('ended');
    isSynced = false;
    stop();
    options.onRefused?.({ code, message });
    for (const { reject } of waiters) reject(new GraphError(code, message));
    waiters = [];
  }

  function onEvent(event: TopicEdits): void {
    if (isClosed) return;
    if (event.ended !== null) {
      if (event.ended !== 'SERVER_STOPPING') end(event.ended, 'The server ended the stream.');
      return;
    }
    if (epoch !== null && epoch !== event.epoch) {
      reset();
      return;
    }
    epoch = event.epoch;
    if (event.update !== null) Y.applyUpdate(doc, fromBase64(event.update), origin);
    if (event.stateVector !== null) {
      failures = 0;
      isSynced = true;
      applyPresence(awareness, missingFrom(awareness, event.presence), origin);
      // Deletions are in no state vector, so those of an earlier life of the document go along once.
      const ahead = differenceTo(doc, fromBase64(event.stateVector), hasPast);
      if (ahead) outbox.add(ahead);
      hasPast = false;
      presenceChanged = awareness.getLocalState() !== null;
      setStatus('synced');
    }
    applyPresence(awareness, event.presence, origin);
    push();
  }

  /** Our changes belong to a text that is no more; the caller starts again with a new document. */
  function reset(): void {
    end('TOPIC_EPOCH_CHANGED', 'The history of this topic was purged.');
    options.onReset?.();
  }

  function push(): void {
    if (!isSynced || isPushing || isClosed || pushLater !== undefined) return;
    const waitMs = pushedAtMs + PUSH_INTERVAL_MS - Date.now();
    if (waitMs > 0) {
      pushLater = setTimeout(() => {
        pushLater = undefined;
        push();
      }, waitMs);
      return;
    }
    const update = outbox.take();
    presenceChanged &&= !isReader;
    if (update === null && !presenceChanged) {
      settle();
      return;
    }
    const state = presenceChanged ? JSON.stringify(awareness.getLocalState()) : null;
    presenceChanged = false;
    isPushing = true;
    pushedAtMs = Date.now();
    const input = {
      ...{ topicId, epoch, clientId: doc.clientID, awareness: state },
      update: update && toBase64(update),
    };
    transport.push(input).then(
      (result) => answered(result, update),
      (error: unknown) => unanswered(error, update),
    );
  }

  function answered(result: PushResult, update: Uint8Array | null): void {
    isPushing = false;
    if (result.__typename === 'PushTopicUpdateSuccess') {
      refusals = 0;
      if (result.missing) outbox.add(Y.encodeStateAsUpdate(doc, fromBase64(result.missing)));
      push();
    } else if (result.retryAfterMs === undefined) {
      end(result.code ?? '', result.message ?? '');
    } else pushAgain(update, result.retryAfterMs);
  }

  function pushAgain(update: Uint8Array | null, waitMs: number): void {
    if (update) outbox.add(update);
    presenceChanged = true;
    pushedAtMs = Date.now() + waitMs;
    push();
  }

  /** It may have been stored or not: pushed again it is one change all the same. */
  function unanswered(error: unknown, update: Uint8Array | null): void {
    isPushing = false;
    if (isClosed) return;
    if (isBusy(error)) {
      pushAgain(update, backoff(refusals, BUSY_MIN_MS, BUSY_MAX_MS));
      refusals += 1;
      return;
    }
    if (update) outbox.add(update);
    // Who may only read is not shown to others, and reads on.
    if (isFinal(error) && update === null) {
      isReader = true;
      push();
      return;
    }
    if (isFinal(error)) {
      end(error.code, error.message);
      return;
    }
    setStatus('offline');
    isSynced = false;
    retryLater(error);
  }

  function settle(): void {
    for (const { resolve } of waiters) resolve();
    waiters = [];
  }

  return {
    doc,
    text,
    awareness,
    get status() {
      return status;
    },
    get epoch() {
      return epoch;
    },
    saved: () => {
      const waiter = Promise.withResolvers<void>();
      if (status === 'ended') waiter.reject(new Error('The topic is no longer followed.'));
      else waiters.push(waiter);
      push();
      return waiter.promise;
    },
    close: () => {
      if (isClosed) return;
      isClosed = true;
      clearTimeout(retry);
      clearTimeout(pushLater);
      doc.off('update', onUpdate);
      awareness.off('update', onAwareness);
      awareness.destroy();
      stop();
      for (const { reject } of waiters) reject(new Error('The topic was closed.'));
    },
  };
}

/** Asking again would be answered the same. */
function isFinal(error: unknown): error is GraphError {
  return error instanceof GraphError && FINAL.has(error.code);
}

/** It was turned away before anything was done. */
function isBusy(error: unknown): boolean {
  return error instanceof GraphError && BUSY.has(error.code);
}

/** Not all clients in the same moment. */
function backoff(times: number, minMs: number, maxMs: number): number {
  return Math.min(maxMs, minMs * 2 ** times) * (0.5 + Math.random() / 2);
}

const BUSY: ReadonlySet<string> = new Set(['RATE_LIMITED', 'SUBGRAPH_OVERLOADED']);
const FINAL: ReadonlySet<string> = new Set([
  'BAD_USER_INPUT',
  'FORBIDDEN',
  'MALFORMED_ID',
  'NOT_FOUND',
  'UNAUTHENTICATED',
]);
