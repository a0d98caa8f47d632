import { CivitasError } from '../errors/index.ts';

interface PushIteratorOptions {
  /** Values that may wait for their reader; one more ends the iterator. Default 1,000. */
  readonly maxQueued?: number;
  /** Called once, when the iterator ends for whatever reason: unsubscribe here. */
  readonly onEnd?: () => void;
}

/** An iterator that is fed from outside, such as by a pub/sub listener. */
export interface PushIterator<T> extends AsyncIterableIterator<T, undefined, undefined> {
  /** False when the iterator has ended, also when it ended because too much was waiting. */
  push(value: T): boolean;
  /** What is waiting is still read, then the iterator is done. */
  end(): void;
  /** What is waiting is dropped; the reader gets the error, then the iterator is done. */
  fail(error: Error): void;
  return(): Promise<IteratorReturnResult<undefined>>;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * The source of a subscription. Unlike an async generator, `return()` ends it at once, also while
 * a `next()` is waiting. A reader that is too slow gets a CivitasError `SERVICE_UNAVAILABLE`.
 */
export function createPushIterator<T>({
  maxQueued = 1_000,
  onEnd,
}: PushIteratorOptions = {}): PushIterator<T> {
  type Waiting = PromiseWithResolvers<IteratorResult<T, undefined>>;
  const queued: T[] = [];
  const waiting: Waiting[] = [];
  let isEnded = false;
  let failure: Error | undefined;

  function finish(): void {
    if (isEnded) return;
    isEnded = true;
    onEnd?.();
    for (const each of waiting.splice(0)) each.resolve(DONE);
  }

  function fail(error: Error): void {
    if (isEnded) return;
    queued.length = 0;
    const first = waiting.shift();
    if (first) first.reject(error);
    else failure = error;
    finish();
  }

  return {
    push: (value) => {
      if (isEnded) return false;
      const first = waiting.shift();
      if (first) {
        first.resolve({ done: false, value });
        return true;
      }
      queued.push(value);
      if (queued.length <= maxQueued) return true;
      fail(new CivitasError('SERVICE_UNAVAILABLE', { message: 'Events are read too slowly.' }));
      return false;
    },
    end: finish,
    fail,
    next: () => {
      if (queued.length > 0) return Promise.resolve({ done: false, value: queued.shift() as T });
      if (failure) {
        const error = failure;
        failure = undefined;
        return Promise.reject(error);
      }
      if (isEnded) return Promise.resolve(DONE);
      const next: Waiting = Promise.withResolvers();
      waiting.push(next);
      return next.promise;
    },
    return: () => {
      queued.length = 0;
      failure = undefined;
      finish();
      return Promise.resolve(DONE);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
