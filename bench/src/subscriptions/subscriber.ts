import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Opcodes of RFC 6455. */
const TEXT = 1;
const PING = 9;
const PONG = 10;

/** A final frame as clients send it, masked with nought. */
function frame(opcode: number, text: string): Buffer {
  const payload = Buffer.from(text);
  const length =
    payload.length < 126
      ? [0x80 | payload.length]
      : [0x80 | 126, payload.length >> 8, payload.length & 255];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...length, 0, 0, 0, 0]), payload]);
}

const INITIALISE = frame(TEXT, '{"type":"connection_init"}');
const ASK = frame(TEXT, '{"type":"ping"}');
const ALIVE = frame(PONG, '');

function handshake({ host, pathname }: URL): string {
  return [
    `GET ${pathname} HTTP/1.1`,
    `Host: ${host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol: graphql-transport-ws',
    '\r\n',
  ].join('\r\n');
}

/**
 * One client of graphql-transport-ws with one subscription, and as little of a client as can be: the
 * server is what is measured, and ten thousand of `ws` on the other processor take longer than it does.
 */
export class Subscriber {
  readonly #socket: Socket;
  readonly #subscription: Buffer;
  #unread: Buffer = Buffer.alloc(0);
  #isOpen = false;
  #onReady: () => void = () => undefined;
  #onNext: (subscriber: Subscriber) => void = () => undefined;

  private constructor(socket: Socket, query: string) {
    this.#socket = socket;
    const subscription = JSON.stringify({ id: '1', type: 'subscribe', payload: { query } });
    this.#subscription = Buffer.concat([frame(TEXT, subscription), ASK]);
    socket.on('data', (data: Buffer) => this.#read(data));
    socket.on('error', () => undefined);
  }

  /** Resolves when the server has seen the subscription. */
  static async open(url: URL, query: string): Promise<Subscriber> {
    const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    await once(socket, 'connect');
    const subscriber = new Subscriber(socket, query);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    subscriber.#onReady = resolve;
    socket.once('close', () => reject(new Error('The server has closed the connection.')));
    socket.write(handshake(url));
    await promise;
    return subscriber;
  }

  get isConnected(): boolean {
    return this.#socket.readyState === 'open';
  }

  onNext(listener: (subscriber: Subscriber) => void): void {
    this.#onNext = listener;
  }

  /** Without a word. */
  cut(): void {
    this.#socket.destroy();
  }

  #read(data: Buffer): void {
    this.#unread = this.#unread.length === 0 ? data : Buffer.concat([this.#unread, data]);
    if (!this.#isOpen) {
      const end = this.#unread.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.#unread = this.#unread.subarray(end + 4);
      this.#isOpen = true;
      this.#socket.write(INITIALISE);
    }
    for (;;) {
      const [head = 0, short = 0] = this.#unread;
      const start = short === 126 ? 4 : 2;
      if (this.#unread.length < start) return;
      const end = start + (short === 126 ? this.#unread.readUInt16BE(2) : short);
      if (this.#unread.length < end) return;
      const payload = this.#unread.subarray(start, end);
      this.#unread = this.#unread.subarray(end);
      this.#receive(head & 15, payload);
    }
  }

  #receive(opcode: number, payload: Buffer): void {
    if (opcode === PING) this.#socket.write(ALIVE);
    else if (payload.includes('"next"')) this.#onNext(this);
    else if (payload.includes('"connection_ack"')) this.#socket.write(this.#subscription);
    // Messages are taken in order: who answers this has seen the subscription.
    else if (payload.includes('"pong"')) this.#onReady();
  }
}
