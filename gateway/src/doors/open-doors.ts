import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requestIdFrom } from '../telemetry/request-id.ts';
import { limitConnections } from './connection-limit.ts';
import { type DoorOptions, GRAPHQL_PATH } from './door.ts';
import { createAnswerHttp } from './http/answer-http.ts';
import { corsHeaders } from './http/cors.ts';
import { discardRest } from './http/discard-rest.ts';
import { refusalOf, send } from './reply.ts';
import { createOpenStreams } from './streams/open-streams.ts';
import { webSocketDoor } from './websocket/graphql-over-websocket.ts';

export interface ListenOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly host: string;
}

export interface GatewayServer {
  /** Of the graph, for HTTP. */
  readonly url: string;
  /** Stops accepting, lets what runs finish (`drainMs` at most), then closes every connection. */
  close(): Promise<void>;
}

/** Longer than the 60 s that load balancers keep idle connections, so that they end them first. */
const KEEP_ALIVE_MS = 65_000;
/** Two years, as browsers' preload lists ask for. Said only where the client came by TLS. */
const HSTS = 'max-age=63072000; includeSubDomains';
const MAX_HEADER_BYTES = 16 * 1024;
/** Browsers send twenty, a chain of proxies as many again. */
const MAX_HEADERS = 100;

/** Opens the HTTP and the WebSocket door on one port; rejects when the port is not to be had. */
export async function openDoors(
  options: DoorOptions,
  { port, host }: ListenOptions,
): Promise<GatewayServer> {
  let draining = false;
  const streams = createOpenStreams();
  const answer = createAnswerHttp({ ...options, streams }, () => draining);
  const webSockets = webSocketDoor(options);
  const server = createServer(
    {
      headersTimeout: options.timeouts.headersMs,
      // The longest of all; bodies that are read whole have a shorter time of their own.
      requestTimeout: Math.max(options.timeouts.requestMs, options.timeouts.uploadMs),
      connectionsCheckingInterval: options.timeouts.headersMs / 4,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    async (request, response) => {
      if (hasTooManyHeaders(request)) {
        response.writeHead(431, { connection: 'close' }).end();
        return;
      }
      const requestId = requestIdFrom(request.headers['x-request-id']);
      const cors = corsHeaders(request, options.corsOrigins, options.sessionOrigins);
      // Asked now: who has left by the time of the answer has no address any more.
      const { isSecure } = options.locate(request);
      const reply = await answer(request, response, requestId, cors).catch((error: unknown) =>
        refusalOf(error, { requestId, log: options.log }),
      );
      const headers: Record<string, string | readonly string[]> = {
        ...cors,
        'x-request-id': requestId,
        ...reply.headers,
      };
      if (isSecure) headers['strict-transport-security'] = HSTS;
      if (!request.complete && !reply.stream) await discardRest(request);
      // What was not read of a request would be taken for the next one.
      if (draining || !request.complete) headers['connection'] = 'close';
      send(response, { ...reply, headers });
    },
  );
  // Node leaves out what is beyond its own limit, and says nothing.
  server.maxHeadersCount = 0;
  // Who has been answered and does not read, and who sends half of a body and no more.
  server.setTimeout(options.timeouts.stalledMs);
  server.on('upgrade', (request, socket, head) => {
    if (hasTooManyHeaders(request)) socket.end(TOO_MANY_HEADERS);
    else webSockets.upgrade(request, socket, head);
  });
  limitConnections(server, options.connectionLimits, options.peerOf);
  await listening(server, port, host);
  const address = server.address() as AddressInfo;
  const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address;

  async function drain(): Promise<void> {
    draining = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    streams.drain();
    const deadline = setTimeout(() => {
      webSockets.terminate();
      server.closeAllConnections();
    }, options.timeouts.drainMs);
    await Promise.all([closed, webSockets.drain()]);
    clearTimeout(deadline);
  }

  let closing: Promise<void> | undefined;
  return {
    url: `http://${shownHost}:${address.port}${GRAPHQL_PATH}`,
    close: () => (closing ??= drain()),
  };
}

const TOO_MANY_HEADERS =
  'HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/** Names and values are one after the other. */
function hasTooManyHeaders({ rawHeaders }: IncomingMessage): boolean {
  return rawHeaders.length > 2 * MAX_HEADERS;
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}
