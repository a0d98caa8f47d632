import { once } from 'node:events';
import { expect, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';

/** A message of graphql-transport-ws. */
export interface SocketMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A connection that has sent nothing yet; ends with the test. */
export async function openSocket(url: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { headers });
  onTestFinished(() => socket.terminate());
  const inbox: SocketMessage[] = [];
  const waiting: ((message: SocketMessage) => void)[] = [];
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as SocketMessage;
    const next = waiting.shift();
    if (next) next(message);
    else inbox.push(message);
  });
  const closed = once(socket, 'close').then(([code]) => code as number);
  await once(socket, 'open');
  return {
    send: (message: SocketMessage | string) =>
      socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    next: () => {
      const message = inbox.shift();
      return message
        ? Promise.resolve(message)
        : new Promise<SocketMessage>((resolve) => waiting.push(resolve));
    },
    closed,
    socket,
  };
}

/** A connection ready for operations. */
export async function acknowledgedSocket(url: string, payload?: object) {
  const client = await openSocket(url);
  client.send({ type: 'connection_init', ...(payload && { payload }) });
  expect(await client.next()).toEqual({ type: 'connection_ack' });
  return client;
}

export const subscribeMessage = (id: string, query: string, more: object = {}): SocketMessage => ({
  id,
  type: 'subscribe',
  payload: { query, ...more },
});
