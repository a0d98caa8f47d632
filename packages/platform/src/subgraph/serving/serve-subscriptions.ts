import type { Server } from 'node:http';
import type { Subgraph } from '../types.ts';
import { serveSocket } from './serve-socket.ts';
import { signedCallers } from './socket-callers.ts';

interface ServeSubscriptionsOptions {
  readonly path: string;
  readonly internalSecret: string;
  readonly maxBodyBytes: number;
}

/**
 * Serves a subgraph's subscriptions, and mutations that come many a second, to the gateway alone, by
 * graphql-transport-ws on the path of its HTTP endpoint.
 *
 * @returns a function that closes every connection (1001: come back).
 */
export function serveSubscriptions(
  server: Server,
  subgraph: Subgraph,
  { path, internalSecret, maxBodyBytes }: ServeSubscriptionsOptions,
): () => Promise<void> {
  return serveSocket(server, {
    path,
    subgraph,
    maxMessageBytes: maxBodyBytes,
    callers: () => signedCallers(subgraph.name, internalSecret),
  });
}
