/** One operation of one socket. */
interface RunningOperation {
  readonly left: AbortController;
  readonly finished: PromiseWithResolvers<void>;
}

/**
 * The operations of one socket by their ids. A draining door waits for those that end by
 * themselves; subscriptions do not.
 */
export class RunningOperations {
  readonly #byId = new Map<string, RunningOperation>();
  readonly #awaited: Set<Promise<void>>;

  /** @param awaited where the promise of every operation stands until it has been answered. */
  constructor(awaited: Set<Promise<void>>) {
    this.#awaited = awaited;
  }

  /** The signal is aborted when the client leaves the operation or the socket. */
  start(id: string): AbortSignal {
    const operation = { left: new AbortController(), finished: Promise.withResolvers<void>() };
    const { promise } = operation.finished;
    this.#byId.set(id, operation);
    this.#awaited.add(promise);
    void promise.then(() => this.#awaited.delete(promise));
    return operation.left.signal;
  }

  /** It is answered, or it is a subscription, which nobody waits for. */
  stopWaitingFor(id: string): void {
    // What is answered is handed to the socket within this turn.
    setImmediate(this.#byId.get(id)?.finished.resolve ?? (() => undefined));
  }

  end(id: string): void {
    this.stopWaitingFor(id);
    this.#byId.delete(id);
  }

  abort(id: string): void {
    this.#byId.get(id)?.left.abort();
    this.end(id);
  }

  abortAll(): void {
    for (const id of [...this.#byId.keys()]) this.abort(id);
  }
}
