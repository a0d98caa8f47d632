import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, type GraphQLError, parse } from 'graphql';
import { handleProtocols } from 'graphql-ws';
import { type Extra as ServerExtra, useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { signedText, VIEWER_HEADER, verifyInternalToken } from './internal-token.ts';
import { subscribeOnSubgraph } from './subscribe-on-subgraph.ts';
import type { RequestOrigin, Subgraph, SubgraphRequest } from './types.ts';

interface ServeSubscriptionsOptions {
  readonly path: string;
  readonly internalSecret: string;
  readonly maxBodyBytes: number;
}

/** What the gateway signs when it opens a connection, in the place of an operation. */
export const CONNECTION_TEXT = 'connection_init';

/** Where the gateway says after which event a subscription goes on. */
export const RESUME_EXTENSION = 'resumeAfter';

/** The operation has been checked and is kept beside; `graphql-ws` only has to see its kind. */
const SUBSCRIPTION = parse('subscription { __typename }');
const INITIALISATION_TIMEOUT_MS = 3_000;

type Extra = ServerExtra & Record<PropertyKey, never> & { left?: AbortController };

type Started = { readonly request: SubgraphRequest; readonly origin: RequestOrigin };

/**
 * Serves a subgraph's subscriptions to the gateway alone, by graphql-transport-ws on the path of
 * its HTTP endpoint: the connection and every operation carry a signed internal token.
 *
 * @returns a function that closes every connection (1001: come back).
 */
export function serveSubscriptions(
  server: Server,
  subgraph: Subgraph,
  { path, internalSecret, maxBodyBytes }: ServeSubscriptionsOptions,
): () => Promise<void> {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxBodyBytes,
    handleProtocols,
  });
  const verify = (token: unknown, body: string) =>
    verifyInternalToken(
      typeof token === 'string' ? token : undefined,
      { audience: subgraph.name, body },
      internalSecret,
    );

  const served = useServer<Record<string, unknown>, Extra>(
    {
      connectionInitWaitTimeout: INITIALISATION_TIMEOUT_MS,
      onConnect: async ({ connectionParams, extra }) => {
        extra.left = new AbortController();
        // Resolving to false closes with 4403.
        return verify(connectionParams?.[VIEWER_HEADER], CONNECTION_TEXT).then(
          () => true,
          () => false,
        );
      },
      onSubscribe: async (
        { extra },
        _id,
        payload,
      ): Promise<ExecutionArgs | readonly GraphQLError[]> => {
        const { query, operationName, variables, extensions } = payload;
        const request: SubgraphRequest = {
          query,
          operationName: operationName ?? undefined,
          variables: variables ?? undefined,
        };
        try {
          const after = extensions?.[RESUME_EXTENSION];
          const resumeAfter = typeof after === 'string' ? after : undefined;
          const text = signedText(request, resumeAfter);
          const { cookies: _, ...caller } = await verify(extensions?.[VIEWER_HEADER], text);
          const signal = (extra.left as AbortController).signal;
          const started: Started = { request, origin: { ...caller, signal, resumeAfter } };
          return { document: SUBSCRIPTION, contextValue: started } as unknown as ExecutionArgs;
        } catch (error) {
          return [error as GraphQLError];
        }
      },
      subscribe: ({ contextValue }) => {
        const { request, origin } = contextValue as Started;
        return subscribeOnSubgraph(subgraph, request, origin) as never;
      },
      onNext: ({ extra }, _id, _payload, _args, result) => {
        writeTogether(extra.request.socket);
        // `graphql-ws` wants error objects; ours are formatted already.
        return result;
      },
      onClose: ({ extra }) => extra.left?.abort(),
    },
    sockets,
  );

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (request.url?.split('?', 1)[0] !== path) return void socket.destroy();
    sockets.handleUpgrade(request, socket, head, (opened) =>
      sockets.emit('connection', opened, request),
    );
  });
  return async () => {
    for (const socket of sockets.clients) socket.close(1001, 'Going away');
    await served.dispose();
  };
}

/**
 * One event of many subscribers is many messages on one connection: what is written in this turn
 * leaves in one call of the system instead of one each.
 */
function writeTogether(socket: Duplex): void {
  if (socket.writableCorked > 0) return;
  socket.cork();
  process.nextTick(() => socket.uncork());
}
