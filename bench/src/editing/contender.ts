/** Where one round's editors connect to: plain data, because they live in a process of their own. */
export interface Door {
  readonly protocol: 'graph' | 'hocuspocus' | 'y-websocket';
  readonly url: string;
  /** A topic's id, or a document's name. */
  readonly document: string;
  /** Whether every edit moves a cursor. */
  readonly withCursors: boolean;
  /** What the gateway takes as an access token. */
  readonly token?: string;
}

/** One person at an editor: pushes updates, sees those of all. */
export interface Editor {
  /** Resolves when the server has acknowledged it; at once where a server never does. */
  push(update: Uint8Array, cursor: number): Promise<void>;
  close(): void;
}

/** Connects one editor; resolves when the document is open. */
export type Connect = (clientId: number, onUpdate: (update: Uint8Array) => void) => Promise<Editor>;

/** A server under test, in processes of its own. */
export interface Contender {
  readonly name: string;
  /** Processor time of all its own processes so far, in milliseconds. */
  cpuMs(): number;
  /** Of the Postgres and the Redis it uses. */
  storesCpuMs(): number;
  /** A new document for one round. */
  open(): Promise<Door>;
  stop(): Promise<void>;
}
