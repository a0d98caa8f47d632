import { connect as connectPlainly, isIP, type Socket } from 'node:net';
import { connect as connectSafely } from 'node:tls';
import { type HttpAnswer, InvalidAnswerError, ResponseReader } from './response-reader.ts';

/** A time was up. */
export class HttpTimeoutError extends Error {}

/** The other end let go, or the way to it broke. */
class ConnectionLostError extends Error {}

/** One request on its way. Told once: its answer, or why there is none. */
export interface Exchange {
  /** The bytes that are sent. */
  readonly request: string;
  readonly encoding: 'latin1' | 'utf8';
  /** Set by the connection that carries it. */
  carrier: HttpConnection | undefined;
  answered(answer: HttpAnswer): void;
  failed(reason: unknown): void;
}

export interface ConnectionOptions {
  readonly url: URL;
  readonly maxResponseBytes: number;
  /** Called when the connection can carry another request, and when it is gone. */
  readonly onFree: (connection: HttpConnection) => void;
  readonly onGone: (connection: HttpConnection) => void;
  /** Called before, when it was kept and its server has let it go before a word of an answer. */
  readonly onStale: () => void;
}

/** A connection that carries one request at a time. */
export class HttpConnection {
  /** When something came or went last, in milliseconds. */
  lastAtMs: number;
  isConnected = false;
  readonly #socket: Socket;
  readonly #reader: ResponseReader;
  readonly #options: ConnectionOptions;
  #exchange: Exchange | undefined;
  #isUsed = false;
  #isGone = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#reader = new ResponseReader(options.maxResponseBytes);
    this.lastAtMs = performance.now();
    this.#socket = open(options.url, () => {
      this.isConnected = true;
      this.lastAtMs = performance.now();
    });
    this.#socket.on('data', (bytes: Buffer) => this.#take(bytes));
    this.#socket.on('error', (cause) =>
      this.end(new ConnectionLostError(cause.message, { cause })),
    );
    this.#socket.on('close', () => {
      const answer = this.#reader.end();
      if (answer) this.#settle(answer);
      this.end(new ConnectionLostError('The connection ended without an answer.'));
    });
  }

  /** How long the server keeps it when it is not used, by its last word and a second less. */
  get keepAliveMs(): number {
    return this.#reader.keepAliveMs;
  }

  get isBusy(): boolean {
    return this.#exchange !== undefined;
  }

  send(exchange: Exchange): void {
    this.#exchange = exchange;
    exchange.carrier = this;
    this.lastAtMs = performance.now();
    this.#socket.write(exchange.request, exchange.encoding);
  }

  /** Closes it; a request that is on its way fails with the reason. */
  end(reason: unknown): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#socket.destroy();
    const exchange = this.#exchange;
    this.#exchange = undefined;
    const isStale = reason instanceof ConnectionLostError && this.#isUsed && this.#reader.isFresh;
    if (exchange && isStale) this.#options.onStale();
    this.#options.onGone(this);
    exchange?.failed(reason);
  }

  #take(bytes: Buffer): void {
    this.lastAtMs = performance.now();
    try {
      if (!this.#exchange) throw new InvalidAnswerError('Nobody asked.');
      const answer = this.#reader.take(bytes);
      if (answer) this.#settle(answer);
    } catch (error) {
      this.end(error);
    }
  }

  #settle(answer: HttpAnswer): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    this.#isUsed = true;
    // Bytes beyond the answer belong to no request: nothing that follows could be trusted.
    if (this.#reader.isLast || !this.#reader.isFresh) this.end(undefined);
    else this.#options.onFree(this);
    exchange?.answered(answer);
  }
}

function open({ protocol, hostname, port }: URL, onConnect: () => void): Socket {
  const host = hostname.replace(/^\[|\]$/g, '');
  const socket =
    protocol === 'https:'
      ? connectSafely(
          // An address is no name that a server could have several certificates by.
          { host, port: Number(port || 443), ...(!isIP(host) && { servername: host }) },
          onConnect,
        )
      : connectPlainly({ host, port: Number(port || 80) }, onConnect);
  return socket.setNoDelay(true);
}
