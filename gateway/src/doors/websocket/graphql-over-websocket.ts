import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import { handshakeAuthorization } from '../../access/session-cookies.ts';
import { requestIdFrom } from '../../telemetry/request-id.ts';
import { type DoorOptions, GRAPHQL_PATH, pathOf } from '../door.ts';
import { isWelcomeOrigin } from '../http/cors.ts';
import { type Reply, refusalOf } from '../reply.ts';
import { ClientSocket, type SocketDoor } from './client-socket.ts';
import { createHeartbeat } from './heartbeat.ts';

const SERVICE_RESTART = 1012;

export interface WebSocketDoor {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Refuses new operations, lets running ones finish, then closes with 1012 (try again). */
  drain(): Promise<void>;
  /** Ends what is left at once. */
  terminate(): void;
}

/**
 * The WebSocket door: the graphql-transport-ws protocol on the path of the HTTP door. The token
 * comes in `connectionParams.authorization`, else from the cookies of a page of ours, and is checked at
 * the start (4401 when it is bad, 4403 when it is a cookie's) and again for every operation. When it
 * expires, or the rights of its account change, the socket is closed with 4403, for the client to come
 * back with a new one; a client that reads too slowly, or whose account has too many open, is closed with 1013.
 */
export function webSocketDoor(options: DoorOptions): WebSocketDoor {
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: options.maxBodyBytes,
    handleProtocols,
    WebSocket: ClientSocket,
    // `@types/ws` does not know it.
    ...{ closeTimeout: options.timeouts.closingMs },
  });
  const open = createHeartbeat<ClientSocket>();
  let isDraining = false;
  const door: SocketDoor = {
    ...options,
    isDraining: () => isDraining,
    answering: new Set(),
  };

  // Apart from `upgrade`: what a listener of a socket closes over lives as long as the socket.
  function opened(socket: ClientSocket, request: IncomingMessage): void {
    const { address, isSecure } = options.locate(request);
    open.add(socket);
    options.streamLimit.enter('websocket', address);
    socket.on('close', forget);
    const fromCookies = handshakeAuthorization(request, isSecure, options.sessionOrigins);
    socket.serve(door, request.socket, address, fromCookies);
  }

  function forget(this: unknown): void {
    const socket = this as ClientSocket;
    open.delete(socket);
    options.streamLimit.leave('websocket', socket.clientAddress, socket.holder);
  }

  return {
    upgrade: (request, socket, head) => {
      socket.on('error', destroy);
      if (pathOf(request.url) !== GRAPHQL_PATH) return refuseUpgrade(socket, '404 Not Found');
      if (!isWelcomeOrigin(request, options.corsOrigins))
        return refuseUpgrade(socket, '403 Forbidden');
      if (isDraining) return refuseUpgrade(socket, '503 Service Unavailable');
      const refusal = options.streamLimit.refusal(options.locate(request).address);
      if (refusal) {
        const to = { requestId: requestIdFrom(undefined), log: options.log };
        return refuseUpgradeWith(socket, refusalOf(refusal, to));
      }
      sockets.handleUpgrade(request, socket, head, opened);
    },
    drain: async () => {
      isDraining = true;
      await Promise.allSettled(door.answering);
      for (const socket of open) socket.close(SERVICE_RESTART, 'Service restart');
      open.stop();
    },
    terminate: () => {
      for (const socket of open) socket.terminate();
    },
  };
}

function destroy(this: Duplex): void {
  this.destroy();
}

/** Before the handshake, where a refusal costs least; browsers show their pages no more than that it failed. */
function refuseUpgradeWith(socket: Duplex, { status, headers, ...reply }: Reply): void {
  const body = String(reply.body ?? '');
  const all = {
    ...headers,
    connection: 'close',
    'content-length': String(Buffer.byteLength(body)),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  const first = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`;
  socket.end([first, ...lines, '', body].join('\r\n'));
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
