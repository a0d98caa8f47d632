import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { CivitasError } from '@civitas/platform/errors';
import { type ExecutionArgs, type ExecutionResult, type GraphQLError, parse } from 'graphql';
import { type Context, handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { OperationResponse, SubscriptionResponse } from '../pipeline/types.ts';
import { requestIdFrom } from '../telemetry/request-id.ts';
import { atAccessEnd } from './access-end.ts';
import { isWelcomeOrigin } from './cors.ts';
import { type DoorOptions, GRAPHQL_PATH, pathOf } from './door.ts';
import { PresentedError } from './presented-error.ts';
import { RunningOperations } from './running-operations.ts';
import { adaptSocket } from './socket-adapter.ts';

/** What stands on a socket beside the protocol: filled in when the connection is initialised. */
interface SocketState {
  readonly socket: WebSocket;
  readonly operations: RunningOperations;
  readonly clientAddress: string | undefined;
  authorization?: string | undefined;
  clientName?: string | undefined;
  forgetAccess?: () => void;
}

type SocketContext = Context<Record<string, unknown> | undefined, SocketState>;

/** Close codes of the graphql-transport-ws protocol and of RFC 6455. */
const UNAUTHORIZED = 4401;
const FORBIDDEN = 4403;
const SERVICE_RESTART = 1012;
const TRY_AGAIN_LATER = 1013;

const MAX_OPERATIONS_PER_SOCKET = 100;

/** Our pipeline has run by the time `graphql-ws` would execute; it executes nothing. */
const ALREADY_RUN = parse('{ __typename }');
const ALREADY_OPENED = parse('subscription { __typename }');

export interface WebSocketDoor {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Refuses new operations, lets running ones finish, then closes with 1012 (try again). */
  drain(): Promise<void>;
  /** Ends what is left at once. */
  terminate(): void;
}

/**
 * The WebSocket door: the graphql-transport-ws protocol on the path of the HTTP door. The token
 * comes in `connectionParams.authorization` and is checked at the start (4401 when it is bad) and
 * again for every operation. When it expires, or the rights of its account change, the socket is
 * closed with 4403, for the client to come back with a new one; a client that reads too slowly is closed with 1013.
 */
export function webSocketDoor(options: DoorOptions): WebSocketDoor {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.maxBodyBytes,
    handleProtocols,
  });
  const running = new Set<Promise<void>>();
  let draining = false;

  async function onConnect(context: SocketContext): Promise<boolean> {
    const { extra, connectionParams } = context;
    const given = connectionParams?.['authorization'] ?? connectionParams?.['Authorization'];
    extra.authorization = typeof given === 'string' ? given : undefined;
    const name = connectionParams?.['clientName'];
    extra.clientName = typeof name === 'string' ? name : undefined;
    try {
      const { authorization } = extra;
      const { viewer } = await options.identify(authorization, extra.clientAddress);
      extra.forgetAccess = atAccessEnd({ viewer, authorization }, options.accessChanges, (reason) =>
        extra.socket.close(FORBIDDEN, reason),
      );
      return true;
    } catch {
      extra.socket.close(UNAUTHORIZED, 'Unauthorized');
      return false;
    }
  }

  async function onSubscribe(
    { extra, subscriptions }: SocketContext,
    id: string,
    { query, operationName, variables, extensions, ...rest }: SubscribePayload,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    if (draining) return [new CivitasError('SERVICE_UNAVAILABLE')];
    if (Object.keys(subscriptions).length > MAX_OPERATIONS_PER_SOCKET) {
      return [new CivitasError('RATE_LIMITED')];
    }
    const signal = extra.operations.start(id);
    const response = await options.open({
      query,
      operationName,
      variables,
      extensions,
      documentId: 'documentId' in rest ? rest.documentId : undefined,
      clientName: extra.clientName,
      authorization: extra.authorization,
      clientAddress: extra.clientAddress,
      requestId: requestIdFrom(undefined),
      signal,
    });
    if ('results' in response) {
      if (signal.aborted) void response.results.return?.();
      extra.operations.stopWaitingFor(id);
      const results = closingWhenSlow(response.results, extra.socket);
      return { document: ALREADY_OPENED, contextValue: results } as unknown as ExecutionArgs;
    }
    if (!('data' in response.result)) {
      extra.operations.end(id);
      return (response.result.errors ?? []).map((error) => new PresentedError(error));
    }
    return { document: ALREADY_RUN, contextValue: response } as unknown as ExecutionArgs;
  }

  const protocol = makeServer<SocketContext['connectionParams'], SocketState>({
    connectionInitWaitTimeout: options.timeouts.initialisationMs,
    onConnect,
    onSubscribe,
    execute: ({ contextValue }) => ({ data: (contextValue as OperationResponse).result.data }),
    subscribe: ({ contextValue }) => contextValue as AsyncIterable<ExecutionResult>,
    onNext: (_context, _id, _payload, { contextValue }, result) =>
      Symbol.asyncIterator in (contextValue as object)
        ? result
        : (contextValue as OperationResponse).result,
    onComplete: ({ extra }, id) => extra.operations.end(id),
    onClose: ({ extra }) => {
      extra.forgetAccess?.();
      extra.operations.abortAll();
    },
  });

  return {
    upgrade: (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      if (pathOf(request.url) !== GRAPHQL_PATH) return refuseUpgrade(socket, '404 Not Found');
      if (!isWelcomeOrigin(request, options.corsOrigins))
        return refuseUpgrade(socket, '403 Forbidden');
      if (draining) return refuseUpgrade(socket, '503 Service Unavailable');
      sockets.handleUpgrade(request, socket, head, (opened: WebSocket) => {
        const operations = new RunningOperations(running);
        const { address: clientAddress } = options.locate(request);
        const state = { socket: opened, operations, clientAddress };
        adaptSocket(protocol, opened, state, {
          log: options.log,
          onComplete: (id) => operations.abort(id),
        });
      });
    },
    drain: async () => {
      draining = true;
      await Promise.allSettled(running);
      for (const socket of sockets.clients) socket.close(SERVICE_RESTART, 'Service restart');
    },
    terminate: () => {
      for (const socket of sockets.clients) socket.terminate();
    },
  };
}

/** Only what waits too long for its reader is rejected. */
function closingWhenSlow(
  results: SubscriptionResponse['results'],
  socket: WebSocket,
): SubscriptionResponse['results'] {
  return {
    next: () =>
      results.next().catch(() => {
        socket.close(TRY_AGAIN_LATER, 'Read too slowly');
        return { done: true, value: undefined };
      }),
    return: () => results.return?.() ?? Promise.resolve({ done: true, value: undefined }),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
