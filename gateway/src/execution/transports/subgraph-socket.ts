import type { Duplex } from 'node:stream';
import { NONCE, TOGETHER } from '@civitas/platform/subgraph';
import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { type RawData, WebSocket } from 'ws';

/** Who is told of one operation's results. */
export interface Receiver {
  next(result: FormattedExecutionResult): void;
  /** There are no more: it has ended, was refused, or (`lost`) nobody knows. */
  end(reason?: readonly GraphQLFormattedError[] | 'lost'): void;
}

interface SubgraphSocketOptions {
  /** Of the WebSocket endpoint. */
  readonly url: string;
  readonly connectTimeoutMs: number;
  /** Parameters of the connection, which a subgraph believes. */
  readonly sign: () => Promise<Readonly<Record<string, string>>>;
  /** Signs a message for the connection that has this nonce. */
  readonly seal: (text: string, nonce: string) => string;
  /** Called once, when it can carry nothing more. */
  readonly onGone: (socket: SubgraphSocket) => void;
}

/** What a subgraph sends: graphql-transport-ws, and two messages of ours, see `TOGETHER`. */
type Message =
  | { readonly type: 'connection_ack'; readonly payload?: Readonly<Record<string, unknown>> }
  | { readonly type: 'ping' | 'pong' }
  | {
      readonly type: 'next';
      readonly ids: readonly string[];
      readonly payload: FormattedExecutionResult;
    }
  | {
      readonly type: 'next' | 'answer';
      readonly id: string;
      readonly payload: FormattedExecutionResult;
    }
  | {
      readonly type: 'error';
      readonly id: string;
      readonly payload: readonly GraphQLFormattedError[];
    }
  | { readonly type: 'complete'; readonly id: string };

const BEAT_MS = 12_000;

/**
 * The gateway's side of one connection to a subgraph. One result of many streams is read once, and all
 * their receivers are told of the same object.
 */
export class SubgraphSocket {
  readonly #options: SubgraphSocketOptions;
  readonly #socket: WebSocket;
  readonly #receivers = new Map<string, Receiver>();
  #nonce = '';
  /** What is asked before the connection stands. */
  #early: string[] | undefined = [];
  #stream: Duplex | undefined;
  #isCorked = false;
  #isGone = false;
  #hasAnswered = true;
  #lastId = 0;
  #beat: NodeJS.Timeout | undefined;
  readonly #connecting: NodeJS.Timeout;

  constructor(options: SubgraphSocketOptions) {
    this.#options = options;
    this.#socket = new WebSocket(options.url, GRAPHQL_TRANSPORT_WS_PROTOCOL, {
      handshakeTimeout: options.connectTimeoutMs,
      perMessageDeflate: false,
      // It hides text from careless proxies, and none stands between our own processes.
      generateMask: (mask) => void mask.fill(0),
    });
    this.#connecting = setTimeout(() => this.#socket.terminate(), 2 * options.connectTimeoutMs);
    this.#socket.on('upgrade', ({ socket }) => {
      this.#stream = socket;
    });
    this.#socket.on('open', () => void this.#open());
    this.#socket.on('message', (data) => this.#read(data));
    this.#socket.on('pong', () => {
      this.#hasAnswered = true;
    });
    // What is wrong ends in `close`.
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => this.#gone());
  }

  /** Whether operations can be sent at once. */
  get isOpen(): boolean {
    return this.#early === undefined && !this.#isGone;
  }

  /** Operations that are not over. */
  get size(): number {
    return this.#receivers.size;
  }

  /**
   * Starts an operation.
   *
   * @param payload of the message, as JSON.
   * @returns what ends it; its receiver is then told nothing more.
   */
  start(payload: string, receiver: Receiver): () => void {
    this.#lastId += 1;
    const id = this.#lastId.toString(36);
    this.#receivers.set(id, receiver);
    this.#ask(`{"id":"${id}","type":"subscribe","payload":${payload}}`);
    return () => {
      if (this.#receivers.delete(id)) this.#ask(`{"id":"${id}","type":"complete"}`);
    };
  }

  close(): void {
    this.#socket.close(1000, 'Not needed');
    this.#gone();
  }

  async #open(): Promise<void> {
    const parameters = await this.#options.sign();
    const payload = { ...parameters, [TOGETHER]: true };
    this.#socket.send(JSON.stringify({ type: 'connection_init', payload }));
  }

  #acknowledged(payload: Readonly<Record<string, unknown>> | undefined): void {
    const nonce = payload?.[NONCE];
    // A subgraph of before signatures like ours: as if it were away, until its new version takes its place.
    if (typeof nonce !== 'string') {
      this.#socket.terminate();
      return;
    }
    clearTimeout(this.#connecting);
    this.#nonce = nonce;
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const text of early) this.#ask(text);
    this.#beat = setInterval(() => {
      if (!this.#hasAnswered) return this.#socket.terminate();
      this.#hasAnswered = false;
      this.#socket.ping();
    }, BEAT_MS);
    this.#beat.unref();
  }

  #ask(text: string): void {
    if (this.#early) this.#early.push(text);
    else this.#send(this.#options.seal(text, this.#nonce));
  }

  /** What is asked in one turn leaves in one call of the system. */
  #send(text: string): void {
    if (this.#isGone) return;
    if (!this.#isCorked && this.#stream) {
      this.#isCorked = true;
      this.#stream.cork();
      process.nextTick(() => {
        this.#isCorked = false;
        this.#stream?.uncork();
      });
    }
    this.#socket.send(text, () => undefined);
  }

  #read(data: RawData): void {
    const message = readMessage(data);
    switch (message?.type) {
      case 'connection_ack':
        this.#acknowledged(message.payload);
        break;
      case 'next':
        if ('ids' in message) {
          for (const id of message.ids) this.#receivers.get(id)?.next(message.payload);
        } else this.#receivers.get(message.id)?.next(message.payload);
        break;
      case 'answer':
        this.#receivers.get(message.id)?.next(message.payload);
        this.#end(message.id);
        break;
      case 'error':
        this.#end(message.id, message.payload);
        break;
      case 'complete':
        this.#end(message.id);
        break;
      case 'ping':
        this.#send('{"type":"pong"}');
        break;
      case 'pong':
        break;
      default:
        this.#socket.terminate();
    }
  }

  #end(id: string, errors?: readonly GraphQLFormattedError[]): void {
    const receiver = this.#receivers.get(id);
    this.#receivers.delete(id);
    receiver?.end(errors);
  }

  #gone(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    clearTimeout(this.#connecting);
    clearInterval(this.#beat);
    this.#options.onGone(this);
    for (const receiver of this.#receivers.values()) receiver.end('lost');
    this.#receivers.clear();
  }
}

/** The subgraph is ours and has been reached at its address; it is not validated any further. */
function readMessage(data: RawData): Message | undefined {
  try {
    return JSON.parse((data as Buffer).toString('utf8')) as Message;
  } catch {
    return undefined;
  }
}
