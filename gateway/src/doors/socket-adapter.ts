import type { Logger } from '@civitas/platform/telemetry';
import { CloseCode, type Server } from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';

/** A client that answers no ping for this long is gone; proxies cut idle sockets after 30–60 s. */
const PING_INTERVAL_MS = 12_000;

interface SocketListeners {
  readonly log: Logger;
  /** The client has lost interest in an operation; `graphql-ws` tells nobody while it is running. */
  readonly onComplete: (id: string) => void;
}

/**
 * Answers that wait in a socket for a client that goes on asking without reading them; results wait
 * elsewhere, one at a time is handed to the socket.
 */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;

/** Longer than any `complete`; longer messages are not read twice. */
const MAX_COMPLETE_LENGTH = 500;

/**
 * Connects one socket to the protocol of `graphql-ws`.
 */
export function adaptSocket<Extra>(
  protocol: Server<Extra>,
  socket: WebSocket,
  extra: Extra,
  { log, onComplete }: SocketListeners,
): void {
  // `ws` closes by itself with the code of the fault, such as 1009 for a message over the limit.
  socket.on('error', (error) => log.debug({ err: error }, 'socket failed'));

  let isAlive = true;
  socket.on('pong', () => {
    isAlive = true;
  });
  const pinging = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, PING_INTERVAL_MS);

  /** True when somebody only talks: the answers would fill memory. */
  const isDeaf = () => {
    if (socket.bufferedAmount <= MAX_UNREAD_BYTES) return false;
    socket.terminate();
    return true;
  };
  socket.on('ping', isDeaf);

  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (data) => sent(socket, data),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (receive) => {
        socket.on('message', (data) => {
          if (isDeaf()) return;
          const text = textOf(data);
          const completed = text.length <= MAX_COMPLETE_LENGTH ? idOf(text) : undefined;
          if (completed !== undefined) onComplete(completed);
          receive(text).catch((error: unknown) => {
            log.error({ err: error }, 'socket message failed');
            socket.close(CloseCode.InternalServerError, 'Internal server error');
          });
        });
      },
    },
    extra,
  );
  socket.once('close', (code, reason) => {
    clearInterval(pinging);
    closed(code, String(reason)).catch((error: unknown) =>
      log.error({ err: error }, 'socket close failed'),
    );
  });
}

function idOf(text: string): string | undefined {
  if (!text.includes('"complete"')) return undefined;
  try {
    const { type, id } = JSON.parse(text) as { type?: unknown; id?: unknown };
    return type === 'complete' && typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}

function sent(socket: WebSocket, data: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) return resolve();
    // A failed send closes the socket, and that ends what runs for it.
    socket.send(data, () => resolve());
  });
}
