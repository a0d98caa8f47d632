import { expect, onTestFinished, test, vi } from 'vitest';
import { openedGateway } from '../../testing/opened-gateway.ts';
import { frame, frames, rawSocket } from '../../testing/raw-socket.ts';

const INIT = frame(frames.text, '{"type":"connection_init"}');
/** The server's, without a payload. */
const PING = Buffer.from([0x89, 0]);
/** … with the payload of the client's ping. */
const PONG = Buffer.from([0x8a, 1, 0x78]);
const BEAT_MS = 12_000;

/** A gateway whose heart beats when it is told to. */
async function beating() {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const { url } = await openedGateway();
  const socket = await rawSocket(url);
  socket.send(INIT);
  await socket.heard('connection_ack');
  return socket;
}

test('who sends a first frame byte by byte is cut off, whether or not it answers the closing', async () => {
  const { url } = await openedGateway({ timeouts: { initialisationMs: 50, closingMs: 50 } });
  const socket = await rawSocket(url);
  const [first, ...rest] = INIT;
  socket.send(Buffer.from([first ?? 0]));
  const timer = setInterval(() => socket.send(Buffer.from([rest.shift() ?? 0])), 20);
  onTestFinished(() => clearInterval(timer));
  await socket.heard('Connection initialisation timeout');
  await expect(socket.closed).resolves.toBeUndefined();
});

test.each([
  ['one message', frame(frames.text, 'a'.repeat(17_000))],
  [
    'pieces of one that does not end',
    Buffer.concat(Array(5).fill(frame(frames.first, 'a'.repeat(4_000)))),
  ],
  ['a frame that does not end', frame(frames.text, 'a'.repeat(20_000), 65_000)],
])('before the acknowledgement nothing long is gathered: %s', async (_, bytes) => {
  const { url } = await openedGateway();
  const socket = await rawSocket(url);
  socket.send(bytes);
  await expect(socket.closed).resolves.toBeUndefined();
});

test('who sends a frame byte by byte answers no ping, and is cut off', async () => {
  const socket = await beating();
  socket.send(frame(frames.text, '{"type"', 1_000));
  vi.advanceTimersByTime(BEAT_MS);
  await socket.heard(PING);
  socket.send(Buffer.from(':'));
  vi.advanceTimersByTime(BEAT_MS);
  await expect(socket.closed).resolves.toBeUndefined();
});

test('who answers pings between the pieces of a message has two beats to end it', async () => {
  const socket = await beating();
  /** Answered in order: what was sent before has been heard. */
  const settled = async () => {
    socket.send(frame(frames.ping, 'x'));
    await socket.heard(PONG);
  };
  const beat = async () => {
    await settled();
    vi.advanceTimersByTime(BEAT_MS);
    await socket.heard(PING);
    socket.send(frame(frames.pong, ''));
  };
  // Ended in time, and nothing of it is held against the next one.
  const hello = '{"type":"ping","payload":{"said":"in pieces"}}';
  for (let round = 0; round < 2; round += 1) {
    socket.send(frame(frames.first, hello.slice(0, 9)));
    await beat();
    await beat();
    socket.send(frame(frames.between | 0x80, hello.slice(9)));
    await socket.heard('in pieces');
  }
  // Nor are pings and pongs of a client that says nothing else.
  for (let count = 0; count < 5; count += 1) await beat();
  socket.send(frame(frames.first, hello.slice(0, 9)));
  await beat();
  await beat();
  await settled();
  vi.advanceTimersByTime(BEAT_MS);
  await expect(socket.closed).resolves.toBeUndefined();
});
