import type { Server } from 'node:http';
import { readRemainingMs } from './deadline.ts';
import { signedText, VIEWER_HEADER, verifyInternalToken } from './internal-token.ts';
import { serveSocket } from './serve-socket.ts';
import type { Subgraph } from './types.ts';

interface ServeSubscriptionsOptions {
  readonly path: string;
  readonly internalSecret: string;
  readonly maxBodyBytes: number;
}

/** What the gateway signs when it opens a connection, in the place of an operation. */
export const CONNECTION_TEXT = 'connection_init';

/** Where the gateway says after which event a subscription goes on. */
export const RESUME_EXTENSION = 'resumeAfter';

/** Where it says how long it waits, as `REMAINING_HEADER` does. */
export const REMAINING_EXTENSION = 'remainingMs';

/**
 * Serves a subgraph's subscriptions, and mutations that come many a second, to the gateway alone, by
 * graphql-transport-ws on the path of its HTTP endpoint: the connection and every operation carry a signed
 * internal token.
 *
 * @returns a function that closes every connection (1001: come back).
 */
export function serveSubscriptions(
  server: Server,
  subgraph: Subgraph,
  { path, internalSecret, maxBodyBytes }: ServeSubscriptionsOptions,
): () => Promise<void> {
  const verify = (token: unknown, body: string) =>
    verifyInternalToken(
      typeof token === 'string' ? token : undefined,
      { audience: subgraph.name, body },
      internalSecret,
    );
  return serveSocket(server, {
    path,
    subgraph,
    maxMessageBytes: maxBodyBytes,
    admit: (parameters) =>
      verify(parameters[VIEWER_HEADER], CONNECTION_TEXT).then(
        () => true,
        () => false,
      ),
    originOf: async (request, extensions) => {
      const after = extensions[RESUME_EXTENSION];
      const resumeAfter = typeof after === 'string' ? after : undefined;
      const text = signedText(request, resumeAfter);
      const { cookies: _, ...caller } = await verify(extensions[VIEWER_HEADER], text);
      const remaining = readRemainingMs(String(extensions[REMAINING_EXTENSION]));
      const deadlineAtMs = remaining === undefined ? undefined : Date.now() + remaining;
      return { ...caller, resumeAfter, deadlineAtMs };
    },
  });
}
