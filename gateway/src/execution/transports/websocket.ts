import { CivitasError } from '@civitas/platform/errors';
import {
  CONNECTION_TEXT,
  createPushIterator,
  RESUME_EXTENSION,
  type RequestOrigin,
  type SubgraphRequest,
  type SubscriptionAnswer,
  signedText,
  signInternalToken,
  VIEWER_HEADER,
} from '@civitas/platform/subgraph';
import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

interface WebSocketSourceOptions {
  /** The subgraph's name, the audience of the signed tokens. */
  readonly name: string;
  /** Of its GraphQL endpoint, as HTTP has it. */
  readonly url: string;
  readonly secret: string;
  readonly connectTimeoutMs: number;
}

/** Subscriptions of one subgraph over one connection that is opened when the first one starts. */
export interface WebSocketSource {
  subscribe(request: SubgraphRequest, origin: RequestOrigin): Promise<SubscriptionAnswer>;
  close(): Promise<void>;
}

/** The signer of a connection is the gateway itself, whoever's operations it will carry. */
const GATEWAY = { viewer: { type: 'anonymous' }, requestId: 'connection' } as const;
const KEEP_ALIVE_MS = 12_000;
/** An unused connection is kept this long for the next subscription. */
const IDLE_MS = 10_000;

/**
 * A connection that is lost ends what it carried with `SUBGRAPH_UNAVAILABLE`, because events may have
 * been missed; the next subscription connects again. Going on after the last event is the upstream's.
 */
export function webSocketSource(options: WebSocketSourceOptions): WebSocketSource {
  const { name, secret, connectTimeoutMs } = options;
  class SubgraphSocket extends WebSocket {
    constructor(address: string, protocols?: string | string[]) {
      super(address, protocols, { handshakeTimeout: connectTimeoutMs });
    }
  }
  const client: Client = createClient({
    url: options.url.replace(/^http/, 'ws'),
    webSocketImpl: SubgraphSocket,
    lazy: true,
    lazyCloseTimeout: IDLE_MS,
    keepAlive: KEEP_ALIVE_MS,
    retryAttempts: 0,
    connectionAckWaitTimeout: connectTimeoutMs,
    onNonLazyError: () => undefined,
    connectionParams: async () => ({
      [VIEWER_HEADER]: await signInternalToken(
        { ...GATEWAY, audience: name, body: CONNECTION_TEXT },
        secret,
      ),
    }),
  });

  async function subscribe(
    request: SubgraphRequest,
    { viewer, requestId, clientAddress, signal, resumeAfter }: RequestOrigin,
  ): Promise<SubscriptionAnswer> {
    const { query, operationName, variables } = request;
    const body = signedText(request, resumeAfter);
    const claims = { viewer, requestId, clientAddress, audience: name, body };
    const token = await signInternalToken(claims, secret);
    const extensions = { [VIEWER_HEADER]: token, [RESUME_EXTENSION]: resumeAfter };
    const stop = () => void results.return();
    const results = createPushIterator<FormattedExecutionResult>({
      onEnd: () => {
        signal.removeEventListener('abort', stop);
        unsubscribe();
      },
    });
    let unsubscribe: () => void = () => undefined;
    unsubscribe = client.subscribe(
      { query, operationName, variables, extensions },
      {
        next: (result) => void results.push(result as FormattedExecutionResult),
        error: (error) => {
          results.push({ errors: errorsOf(error) });
          results.end();
        },
        complete: () => results.end(),
      },
    );
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    return results;
  }

  return { subscribe, close: async () => client.dispose() };
}

function errorsOf(error: unknown): readonly GraphQLFormattedError[] {
  if (Array.isArray(error)) return error as GraphQLFormattedError[];
  const { message, extensions } = new CivitasError('SUBGRAPH_UNAVAILABLE');
  return [{ message, extensions }];
}
