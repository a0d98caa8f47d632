import { CivitasError } from '../../errors/index.ts';

interface PushIteratorOptions<T> {
  /** Values that may wait for their reader; one more ends the iterator. Default 1,000. */
  readonly maxQueued?: number;
  /** Called once with the iterator, when it ends for whatever reason: unsubscribe here. */
  readonly onEnd?: (ended: PushIterator<T>) => void;
}

/** Who is told of values instead of asking for each: nothing is allocated while there are none. */
export interface PushReader<T> {
  /** @returns false when the next value has to wait for `resume()`. */
  take(value: T): boolean;
  /** There will be no more. Not called after `return()`. */
  done(): void;
  /** There will be no more, for this reason. */
  failed(error: Error): void;
}

/** An iterator that is fed from outside, such as by a pub/sub listener. */
export interface PushIterator<T> extends AsyncIterableIterator<T, undefined, undefined> {
  /** False when the iterator has ended, also when it ended because too much was waiting. */
  push(value: T): boolean;
  /** What is waiting is still read, then the iterator is done. */
  end(): void;
  /** What is waiting is dropped; the reader gets the error, then the iterator is done. */
  fail(error: Error): void;
  /** From now on a reader is told, beginning with what is waiting; `next()` is not for use then. */
  readBy(reader: PushReader<T>): void;
  /** The reader that answered `false` can take more. */
  resume(): void;
  return(): Promise<IteratorReturnResult<undefined>>;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };
const MAX_QUEUED = 1_000;

/**
 * The source of a subscription. Unlike an async generator, `return()` ends it at once, also while
 * a `next()` is waiting. A reader that is too slow gets a CivitasError `SERVICE_UNAVAILABLE`.
 */
export function createPushIterator<T>(options: PushIteratorOptions<T> = {}): PushIterator<T> {
  return new PushedValues(options);
}

type Waiting<T> = PromiseWithResolvers<IteratorResult<T, undefined>>;

/** A class, and its lists made when they are needed: a gateway holds one for every subscriber. */
class PushedValues<T> implements PushIterator<T> {
  readonly #maxQueued: number;
  readonly #onEnd: PushIteratorOptions<T>['onEnd'];
  #queued: T[] | undefined;
  #waiting: Waiting<T>[] | undefined;
  #reader: PushReader<T> | undefined;
  #isBusy = false;
  #isEnded = false;
  #failure: Error | undefined;

  constructor({ maxQueued = MAX_QUEUED, onEnd }: PushIteratorOptions<T>) {
    this.#maxQueued = maxQueued;
    this.#onEnd = onEnd;
  }

  push(value: T): boolean {
    if (this.#isEnded) return false;
    const first = this.#waiting?.shift();
    if (first) {
      first.resolve({ done: false, value });
      return true;
    }
    if (this.#reader && !this.#isBusy) {
      this.#isBusy = !this.#reader.take(value);
      return true;
    }
    this.#queued ??= [];
    this.#queued.push(value);
    if (this.#queued.length <= this.#maxQueued) return true;
    this.fail(new CivitasError('SERVICE_UNAVAILABLE', { message: 'Events are read too slowly.' }));
    return false;
  }

  end(): void {
    this.#finish();
    if (!this.#isBusy) this.resume();
  }

  fail(error: Error): void {
    if (this.#isEnded) return;
    this.#queued = undefined;
    const first = this.#waiting?.shift();
    const reader = this.#reader;
    this.#reader = undefined;
    if (first) first.reject(error);
    else if (!reader) this.#failure = error;
    this.#finish();
    reader?.failed(error);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const { value, done } = this.#shift();
    if (!done) return Promise.resolve({ done, value });
    if (this.#failure) {
      const error = this.#failure;
      this.#failure = undefined;
      return Promise.reject(error);
    }
    if (this.#isEnded) return Promise.resolve(DONE);
    const next: Waiting<T> = Promise.withResolvers();
    this.#waiting ??= [];
    this.#waiting.push(next);
    return next.promise;
  }

  readBy(reader: PushReader<T>): void {
    if (this.#failure) {
      reader.failed(this.#failure);
    } else {
      this.#reader = reader;
      this.resume();
    }
  }

  resume(): void {
    this.#isBusy = false;
    while (this.#reader && !this.#isBusy) {
      const { value, done } = this.#shift();
      if (!done) {
        this.#isBusy = !this.#reader.take(value);
        continue;
      }
      if (!this.#isEnded) return;
      const reader = this.#reader;
      this.#reader = undefined;
      reader.done();
    }
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.#queued = undefined;
    this.#failure = undefined;
    this.#reader = undefined;
    this.#finish();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #shift(): IteratorResult<T, undefined> {
    if (this.#queued === undefined || this.#queued.length === 0) return DONE;
    const value = this.#queued.shift() as T;
    if (this.#queued.length === 0) this.#queued = undefined;
    return { done: false, value };
  }

  #finish(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#onEnd?.(this);
    for (const each of this.#waiting?.splice(0) ?? []) each.resolve(DONE);
  }
}
