import type { Duplex } from 'node:stream';
import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import type { WebSocket } from 'ws';
import { jsonOf } from '../execution/json-of.ts';
import { textFrame } from './text-frame.ts';

/** One result and the operations that are told of it. */
interface Shared {
  readonly result: FormattedExecutionResult;
  readonly ids: string[];
}

/** A failed write closes the socket, and that ends what runs for it. */
const ignore = () => undefined;

/**
 * What leaves on one socket. Everything of one turn of the event loop leaves in one call of the system.
 * To a peer that understands it (see `TOGETHER`), one result of many operations is one message.
 */
export class SocketOutbox {
  /** Whether the peer understands the messages of ours. */
  isTogether = false;
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  /** In order. Only the last one takes in other operations, so that each gets its results in order. */
  #waiting: (Shared | string)[] = [];
  #waitingCharacters = 0;
  #sent: PromiseWithResolvers<void> | undefined;

  /** @param stream what the socket stands on. */
  constructor(socket: WebSocket, stream: Duplex) {
    this.#socket = socket;
    this.#stream = stream;
  }

  /** What the peer has not taken yet. */
  get unsentBytes(): number {
    return this.#socket.bufferedAmount + this.#waitingCharacters;
  }

  /** One result of a stream. */
  next(id: string, result: FormattedExecutionResult): void {
    const last = this.#waiting.at(-1);
    if (this.isTogether && typeof last === 'object' && last.result === result) {
      last.ids.push(id);
      return;
    }
    this.#add({ result, ids: [id] });
    this.#waitingCharacters += jsonOf(result).length;
  }

  /** The whole of what is not a stream. */
  answer(id: string, result: FormattedExecutionResult): void {
    const text = JSON.stringify(result);
    if (this.isTogether) {
      this.#add(`{"id":${JSON.stringify(id)},"type":"answer","payload":${text}}`);
    } else {
      this.#add(`{"id":${JSON.stringify(id)},"type":"next","payload":${text}}`);
      this.complete(id);
    }
  }

  error(id: string, errors: readonly GraphQLFormattedError[]): void {
    this.#add(JSON.stringify({ id, type: 'error', payload: errors }));
  }

  complete(id: string): void {
    this.#add(`{"id":${JSON.stringify(id)},"type":"complete"}`);
  }

  /** Any other message. */
  message(message: { readonly type: string; readonly payload?: unknown }): void {
    this.#add(JSON.stringify(message));
  }

  /** Resolves when what waits now has been taken, or never will be. */
  sent(): Promise<void> {
    if (this.#waiting.length === 0) this.#add('');
    this.#sent ??= Promise.withResolvers();
    return this.#sent.promise;
  }

  #add(each: Shared | string): void {
    if (this.#waiting.length === 0) process.nextTick(() => this.#flush());
    this.#waiting.push(each);
    if (typeof each === 'string') this.#waitingCharacters += each.length;
  }

  #flush(): void {
    const waiting = this.#waiting;
    const sent = this.#sent;
    this.#waiting = [];
    this.#waitingCharacters = 0;
    this.#sent = undefined;
    const frames = framesOf(waiting);
    const isOpen = this.#socket.readyState === this.#socket.OPEN;
    if (!isOpen || frames.length === 0) {
      sent?.resolve();
      return;
    }
    // As one piece: copying is cheaper than a corked stream's list of buffers.
    const bytes = frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames);
    this.#stream.write(bytes, sent ? () => sent.resolve() : ignore);
  }
}

function framesOf(waiting: readonly (Shared | string)[]): Buffer[] {
  const frames: Buffer[] = [];
  for (const each of waiting) {
    const text = typeof each === 'string' ? each : textOf(each);
    if (text !== '') frames.push(textFrame(text));
  }
  return frames;
}

function textOf({ result, ids }: Shared): string {
  const payload = jsonOf(result);
  if (ids.length > 1) {
    return `{"ids":${JSON.stringify(ids)},"type":"next","payload":${payload}}`;
  }
  return `{"id":${JSON.stringify(ids[0])},"type":"next","payload":${payload}}`;
}
