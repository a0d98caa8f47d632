/** One person at an editor: pushes updates, sees those of all. */
export interface Editor {
  /** Resolves when the server has acknowledged it; at once where a server never does. */
  push(update: Uint8Array, cursor: number): Promise<void>;
  close(): void;
}

/** A server under test, in a process of its own. */
export interface Contender {
  readonly name: string;
  readonly pid: number;
  /** A new document for one round. */
  open(): Promise<(clientId: number, onUpdate: (update: Uint8Array) => void) => Promise<Editor>>;
  stop(): Promise<void>;
}
