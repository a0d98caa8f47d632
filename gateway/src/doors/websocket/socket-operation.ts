import { jsonOf, type PushIterator, type PushReader } from '@civitas/platform/subgraph';
import type { FormattedExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import type { OperationResponse } from '../../pipeline/types.ts';
import type { ClientSocket } from './client-socket.ts';

/** Above this the next result waits until the client has read: what waits costs more than a turn. */
const MAX_UNSENT_BYTES = 64 * 1024;

/** A failed send closes the socket, and that ends what runs for it. */
const ignore = () => undefined;

/** One operation of one socket; a subscription's results are written as fast as its client reads. */
export class SocketOperation implements PushReader<FormattedExecutionResult> {
  readonly #socket: ClientSocket;
  readonly #id: string;
  #left: AbortController | undefined;
  #results: PushIterator<FormattedExecutionResult> | undefined;
  #isOver = false;

  constructor(socket: ClientSocket, id: string) {
    this.#socket = socket;
    this.#id = id;
  }

  /** Aborted when the client leaves the operation or the socket before it is answered. */
  get signal(): AbortSignal {
    this.#left ??= new AbortController();
    return this.#left.signal;
  }

  /** The whole answer, which is also its end. */
  answer({ result, text }: OperationResponse): void {
    if (this.#isOver) return;
    if (text !== undefined || 'data' in result) {
      const id = JSON.stringify(this.#id);
      const payload = text ?? JSON.stringify(result);
      this.#socket.writeBoth(`{"id":${id},"type":"next","payload":${payload}}`, completed(id));
      this.#end();
    } else {
      this.refuse(result.errors ?? []);
    }
  }

  refuse(errors: readonly (GraphQLError | GraphQLFormattedError)[]): void {
    if (this.#isOver) return;
    this.#send('error', JSON.stringify(errors));
    this.#end();
  }

  /** From now on its results are sent. */
  follow(results: PushIterator<FormattedExecutionResult>): void {
    if (this.#isOver) {
      void results.return();
      return;
    }
    this.#left = undefined;
    this.#results = results;
    results.readBy(this);
  }

  take(result: FormattedExecutionResult): boolean {
    const text = jsonOf(result);
    if (this.#socket.bufferedAmount + text.length <= MAX_UNSENT_BYTES) {
      this.#send('next', text);
      return true;
    }
    this.#send('next', text, () => this.#results?.resume());
    return false;
  }

  done(): void {
    if (this.#isOver) return;
    this.#socket.write(completed(JSON.stringify(this.#id)), ignore);
    this.#end();
  }

  /** Only what waits too long for its reader fails. */
  failed(): void {
    this.#socket.closeSlow();
  }

  /** The client has lost interest, or is gone. */
  leave(): void {
    const left = this.#left;
    const results = this.#results;
    this.#end();
    left?.abort();
    void results?.return();
  }

  #end(): void {
    this.#isOver = true;
    this.#left = undefined;
    this.#results = undefined;
    this.#socket.forget(this.#id);
  }

  #send(type: 'next' | 'error', payload: string, onSent: () => void = ignore): void {
    const id = JSON.stringify(this.#id);
    this.#socket.write(`{"id":${id},"type":"${type}","payload":${payload}}`, onSent);
  }
}

/** @param id as JSON. */
function completed(id: string): string {
  return `{"id":${id},"type":"complete"}`;
}
