import type { Presence } from './presence.ts';

/** Why a stream ends; the last event says it. */
export type EditsEnd =
  | 'ACCESS_LOST'
  | 'TOPIC_GONE'
  | 'TOO_MANY_EDITORS'
  | 'TOO_MANY_VIEWERS'
  | 'EDITORS_ONLY'
  | 'CLIENT_ID_TAKEN'
  | 'SERVER_STOPPING';

/** What subscribers of a document get; one object serves all who get the same. */
export interface EditsEvent {
  readonly epoch: number;
  readonly seq: number;
  /** Base64 of a Yjs update; null when only presence has changed. */
  readonly update: string | null;
  /** Base64 of the server's state vector: this event is a difference and its presence complete. */
  readonly stateVector: string | null;
  readonly presence: readonly Presence[];
  readonly ended: EditsEnd | null;
}
