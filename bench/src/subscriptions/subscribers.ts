import { once } from 'node:events';
import { createLimit } from '@civitas/platform/concurrency';
import { WebSocket } from 'ws';

/** Connections that are opened at the same time; the rest waits, as the system's backlog would. */
const OPENING = 250;

/** Many clients of one subscription, each with a socket of its own. */
export interface Subscribers {
  /** Resolves when every one of them has got an event that was not there before the call. */
  everyoneHears(): Promise<void>;
  /** How many have a socket. */
  connected(): number;
  /** Cuts every connection without a word. */
  cut(): void;
}

/** Opens `count` sockets and subscribes on each; resolves when all have been heard by the server. */
export async function subscribe(url: string, count: number, query: string): Promise<Subscribers> {
  const limit = createLimit(OPENING);
  let waiting: { left: Set<WebSocket>; all: () => void } | undefined;

  async function open(): Promise<WebSocket> {
    const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', {
      perMessageDeflate: false,
    });
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
    // Messages are taken in order: who answers this has seen the subscription.
    socket.send('{"type":"ping"}');
    await once(socket, 'message');
    socket.on('message', (data: Buffer) => {
      if (!data.includes('"next"') || !waiting?.left.delete(socket)) return;
      if (waiting.left.size === 0) waiting.all();
    });
    socket.on('error', () => undefined);
    return socket;
  }

  const sockets = await Promise.all(Array.from({ length: count }, () => limit(open)));
  return {
    connected: () => sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length,
    everyoneHears: () =>
      new Promise((all) => {
        waiting = { left: new Set(sockets), all };
      }),
    cut: () => {
      for (const socket of sockets) socket.terminate();
    },
  };
}
