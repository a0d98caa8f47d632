/** The stream of one subscriber. */
export interface Mailbox<Event> extends AsyncIterableIterator<Event, undefined, undefined> {
  /**
   * Hands an event over when the reader waits, else keeps it. When one is kept already both are
   * dropped, and the reader will get the difference instead.
   *
   * @param before the state vector before this event.
   */
  offer(event: Event, before: Uint8Array): void;
  /** Drops what is kept: the reader goes on with the difference to this state vector. */
  restart(since: Uint8Array): void;
  /** What is kept is dropped, because the reader may have lost the right to it; then this, the end. */
  end(last?: Event): void;
  return(): Promise<IteratorReturnResult<undefined>>;
}

interface MailboxOptions<Event> {
  /** The state vector the reader starts from. */
  readonly since: Uint8Array;
  /** One event with everything since a state vector; null after it has ended the stream instead. */
  readonly difference: (since: Uint8Array) => Event | null;
  /** Called once, when the stream has ended for whatever reason. */
  readonly onEnd: () => void;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** A mailbox of one, so that a slow reader costs no more memory than a fast one. */
export function createMailbox<Event>(options: MailboxOptions<Event>): Mailbox<Event> {
  type Result = IteratorResult<Event, undefined>;
  let since: Uint8Array | null = options.since;
  let kept: { readonly event: Event; readonly before: Uint8Array } | null = null;
  let last: Event | undefined;
  let isEnded = false;
  let reader: PromiseWithResolvers<Result> | null = null;

  function finish(): void {
    if (isEnded) return;
    isEnded = true;
    options.onEnd();
  }

  function take(): Event | undefined {
    if (since !== null) {
      const from = since;
      since = null;
      const event = options.difference(from);
      if (event !== null) return event;
    }
    const event = kept?.event ?? last;
    if (kept === null) last = undefined;
    kept = null;
    return event;
  }

  /** @returns false when nobody waits. */
  function answer(result: Result): boolean {
    const waiting = reader;
    reader = null;
    waiting?.resolve(result);
    return waiting !== null;
  }

  return {
    offer: (event, before) => {
      if (isEnded || (since !== null && reader === null)) return;
      if (reader) answer({ done: false, value: take() ?? event });
      else if (kept === null) kept = { event, before };
      else {
        since = kept.before;
        kept = null;
      }
    },
    restart: (from) => {
      if (isEnded) return;
      since = from;
      kept = null;
    },
    end: (event) => {
      if (isEnded) return;
      finish();
      since = null;
      kept = null;
      if (!answer(event === undefined ? DONE : { done: false, value: event })) last = event;
    },
    next: async () => {
      const event = take();
      if (event !== undefined) return { done: false, value: event };
      if (isEnded) return DONE;
      reader = Promise.withResolvers();
      return reader.promise;
    },
    return: async () => {
      since = null;
      kept = null;
      last = undefined;
      finish();
      answer(DONE);
      return DONE;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
