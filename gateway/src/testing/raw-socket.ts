import { connect } from 'node:net';
import { onTestFinished } from 'vitest';

/** The bits before a masked frame's length: whole text, the first piece of one, one between, a ping, a pong. */
export const frames = { text: 0x81, first: 0x01, between: 0x00, ping: 0x89, pong: 0x8a } as const;

/** A client's frame, with a mask of zeros; `announced` is the length it says, which is the text's as a rule. */
export function frame(kind: number, text: string, announced = text.length): Buffer {
  const length = announced < 126 ? [announced] : [126, announced >> 8, announced & 0xff];
  const [first = 0, ...rest] = length;
  return Buffer.from([kind, 0x80 | first, ...rest, 0, 0, 0, 0, ...Buffer.from(text)]);
}

/** A WebSocket made of bytes, which may do what no library does; ends with the test. */
export async function rawSocket(url: string) {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  let received = Buffer.of();
  const waiting = new Set<() => void>();
  socket.on('data', (piece) => {
    received = Buffer.concat([received, piece]);
    for (const look of waiting) look();
  });
  // `once` would fail with a reset, which is an end, too.
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  /** Resolves when what has come so far holds this. */
  const heard = (text: string | Buffer) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!received.includes(text)) return;
        waiting.delete(look);
        received = Buffer.of();
        resolve();
      };
      waiting.add(look);
      look();
    });
  socket.write(
    `GET ${pathname} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n` +
      'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
      'sec-websocket-protocol: graphql-transport-ws\r\n\r\n',
  );
  await heard('101 Switching Protocols');
  return { send: (bytes: Buffer) => socket.write(bytes), heard, closed, socket };
}
