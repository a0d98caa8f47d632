import * as Y from 'yjs';
import { type KnownClocks, type ReadUpdate, ROOT } from './check-update.ts';
import type { DocumentAccess } from './document-access.ts';
import type { LogState } from './document-log.ts';
import { MAX_STATE_BYTES, MAX_TEXT_LENGTH } from './limits.ts';
import { topicStateTooLarge, topicTextTooLong } from './refusal.ts';
import { createTextDocument, textOf } from './text-document.ts';

/** One document as this server has it: only what is committed ever gets in. */
export interface RoomState {
  readonly epoch: number;
  /** Of the newest update in it. */
  readonly seq: number;
  readonly doc: Y.Doc;
  readonly access: DocumentAccess;
  readonly snapshotSeq: number;
  readonly markdownSeq: number;
  /** Bytes applied since the snapshot. */
  readonly logBytes: number;
  readonly clocks: KnownClocks;
  ownerOf(clientId: number): string | undefined;
  bind(clientId: number, userId: string): void;
  /** Takes in what the database has; another epoch replaces everything. */
  merge(log: LogState): void;
  /** Takes in updates that were committed up to a sequence number. */
  apply(updates: readonly Uint8Array[], seq: number): void;
  setAccess(access: DocumentAccess): void;
  setSnapshot(seq: number): void;
  setMarkdown(seq: number): void;
  /**
   * @throws UserFailure `TopicTextTooLong`, `TopicStateTooLarge` when the updates would not fit.
   */
  checkRoom(updates: readonly { read: ReadUpdate; bytes: Uint8Array }[]): void;
}

/** @param onUpdate gets every update that is committed after the first, in order. */
export function createRoomState(
  first: LogState,
  onUpdate: (update: Uint8Array) => void,
): RoomState {
  let { epoch, seq, access, snapshotSeq, markdownSeq } = first;
  /** Not while it is first filled: nobody can have it open yet. */
  let isFollowed = false;
  let doc = createTextDocument();
  let logBytes = 0;
  /** At least the size of the state; measured anew only when it comes near the bound. */
  let stateBytes = 0;
  let owners = new Map<number, string>();

  function apply(updates: readonly Uint8Array[], upTo: number): void {
    doc.transact(() => {
      for (const update of updates) {
        Y.applyUpdate(doc, update);
        logBytes += update.length;
        stateBytes += update.length;
      }
    });
    seq = Math.max(seq, upTo);
    if (isFollowed) updates.forEach(onUpdate);
  }

  function checkRoom(updates: readonly { read: ReadUpdate; bytes: Uint8Array }[]): void {
    const added = updates.reduce((sum, { read }) => sum + read.addedLength, 0);
    const bytes = updates.reduce((sum, update) => sum + update.bytes.length, 0);
    if (stateBytes + bytes > MAX_STATE_BYTES) {
      stateBytes = Y.encodeStateAsUpdate(doc).length;
      if (stateBytes + bytes > MAX_STATE_BYTES) throw topicStateTooLarge();
    }
    if (textOf(doc).length + added <= MAX_TEXT_LENGTH) return;
    // They may delete as much as they add: only trying tells.
    const trial = new Y.Doc();
    Y.applyUpdate(trial, Y.encodeStateAsUpdate(doc));
    for (const update of updates) Y.applyUpdate(trial, update.bytes);
    if (trial.getText(ROOT).length > MAX_TEXT_LENGTH) throw topicTextTooLong();
  }

  const state: RoomState = {
    get epoch() {
      return epoch;
    },
    get seq() {
      return seq;
    },
    get doc() {
      return doc;
    },
    get access() {
      return access;
    },
    get snapshotSeq() {
      return snapshotSeq;
    },
    get markdownSeq() {
      return markdownSeq;
    },
    get logBytes() {
      return logBytes;
    },
    clocks: (client) => Y.getState(doc.store, client),
    ownerOf: (clientId) => owners.get(clientId),
    bind: (clientId, userId) => void owners.set(clientId, userId),
    merge: (log) => {
      if (log.epoch !== epoch) {
        doc.destroy();
        doc = createTextDocument();
        owners = new Map();
        ({ epoch, snapshotSeq, markdownSeq } = log);
        seq = 0;
        logBytes = 0;
        stateBytes = 0;
      }
      const snapshot = log.snapshot === null ? [] : [log.snapshot];
      apply([...snapshot, ...log.updates], log.seq);
      for (const { clientId, userId } of log.clients) owners.set(clientId, userId);
      state.setAccess(log.access);
      state.setSnapshot(log.snapshotSeq);
      state.setMarkdown(log.markdownSeq);
    },
    apply,
    setAccess: (present) => {
      access = present;
    },
    setSnapshot: (at) => {
      if (at <= snapshotSeq) return;
      snapshotSeq = at;
      logBytes = 0;
    },
    setMarkdown: (at) => {
      markdownSeq = Math.max(markdownSeq, at);
    },
    checkRoom,
  };
  state.merge(first);
  isFollowed = true;
  return state;
}
