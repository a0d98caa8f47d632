import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { OperationSocket, type SocketService } from './operation-socket.ts';

interface ServeSocketOptions extends SocketService {
  readonly path: string;
  readonly maxMessageBytes: number;
}

/** A peer that does not answer the closing is cut. */
const CLOSING_MS = 1_000;

/**
 * Serves a subgraph's operations by graphql-transport-ws on a path of a server.
 *
 * @returns a function that refuses new operations, lets those that are no streams finish, and closes every
 * connection (1001: come back).
 */
export function serveSocket(server: Server, options: ServeSocketOptions): () => Promise<void> {
  const open = new Set<OperationSocket>();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.maxMessageBytes,
    handleProtocols,
  });

  function serve(socket: WebSocket, stream: Duplex): void {
    const served = new OperationSocket(socket, stream, options);
    open.add(served);
    socket.on('close', () => open.delete(served));
  }

  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    if (request.url?.split('?', 1)[0] !== options.path) return void stream.destroy();
    sockets.handleUpgrade(request, stream, head, (socket) => serve(socket, stream));
  });
  return async () => {
    await Promise.all([...open].map((socket) => socket.drain()));
    const cut = setTimeout(() => {
      for (const socket of open) socket.terminate();
    }, CLOSING_MS);
    cut.unref();
  };
}
