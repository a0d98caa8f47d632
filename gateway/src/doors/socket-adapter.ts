import type { Logger } from '@civitas/platform/telemetry';
import { CloseCode, type Server } from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';

/** A client that answers no ping for this long is gone; proxies cut idle sockets after 30–60 s. */
const PING_INTERVAL_MS = 12_000;

/**
 * Connects one socket to the protocol of `graphql-ws`.
 *
 * @param running holds a promise for every message under way, until its answer is sent.
 */
export function adaptSocket<Extra>(
  protocol: Server<Extra>,
  socket: WebSocket,
  extra: Extra,
  { log, running }: { readonly log: Logger; readonly running: Set<Promise<void>> },
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

  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (data) => sent(socket, data),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (receive) => {
        socket.on('message', (data) => {
          const handled = receive(textOf(data)).catch((error: unknown) => {
            log.error({ err: error }, 'socket message failed');
            socket.close(CloseCode.InternalServerError, 'Internal server error');
          });
          running.add(handled);
          void handled.finally(() => running.delete(handled));
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
