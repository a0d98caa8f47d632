import { CivitasError } from '@civitas/platform/errors';
import {
  CONNECTION_TEXT,
  callerExtensions,
  createPushIterator,
  type RequestOrigin,
  type SubgraphRequest,
  type SubscriptionAnswer,
  signInternalToken,
  signMessage,
  VIEWER_HEADER,
} from '@civitas/platform/subgraph';
import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import { SubgraphSocket } from './subgraph-socket.ts';

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
  /** Whether there is a connection already that `execute` could use. */
  isOpen(): boolean;
  /**
   * Sends an operation over the connection that is open, once. Rejects as the transport does:
   * `SUBGRAPH_TIMEOUT` when the signal aborts, `SUBGRAPH_UNAVAILABLE` when there is no answer.
   */
  execute(request: SubgraphRequest, origin: RequestOrigin): Promise<FormattedExecutionResult>;
  close(): Promise<void>;
}

/** The signer of a connection is the gateway itself, whoever's operations it will carry. */
const GATEWAY = { viewer: { type: 'anonymous' }, requestId: 'connection' } as const;
/** An unused connection is kept this long for the next subscription. */
const IDLE_MS = 10_000;

/**
 * A connection that is lost ends what it carried with `SUBGRAPH_UNAVAILABLE`, because events may have
 * been missed; the next subscription connects again. Going on after the last event is the upstream's.
 */
export function webSocketSource(options: WebSocketSourceOptions): WebSocketSource {
  const { name, secret, connectTimeoutMs } = options;
  const url = options.url.replace(/^http/, 'ws');
  let socket: SubgraphSocket | undefined;
  let idle: NodeJS.Timeout | undefined;

  function connect(): SubgraphSocket {
    return new SubgraphSocket({
      ...{ url, connectTimeoutMs },
      sign: async () => ({
        [VIEWER_HEADER]: await signInternalToken(
          { ...GATEWAY, audience: name, body: CONNECTION_TEXT },
          secret,
        ),
      }),
      seal: (text, nonce) => signMessage(text, { audience: name, nonce, secret }),
      onGone: (gone) => {
        if (socket === gone) socket = undefined;
      },
    });
  }

  function closeWhenIdle(): void {
    clearTimeout(idle);
    if (!socket || socket.size > 0) return;
    idle = setTimeout(() => {
      if (socket?.size === 0) socket.close();
    }, IDLE_MS);
    idle.unref();
  }

  async function subscribe(
    request: SubgraphRequest,
    origin: RequestOrigin,
  ): Promise<SubscriptionAnswer> {
    const { signal } = origin;
    const payload = payloadOf(request, origin);
    const stop = () => void results.return();
    const results = createPushIterator<FormattedExecutionResult>({
      onEnd: () => {
        signal.removeEventListener('abort', stop);
        leave();
        closeWhenIdle();
      },
    });
    socket ??= connect();
    const leave = socket.start(payload, {
      next: (result) => void results.push(result),
      end: (reason) => {
        if (reason) results.push({ errors: reason === 'lost' ? lost() : reason });
        results.end();
      },
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    return results;
  }

  async function execute(
    request: SubgraphRequest,
    origin: RequestOrigin,
  ): Promise<FormattedExecutionResult> {
    const { signal } = origin;
    const payload = payloadOf(request, origin);
    if (signal.aborted) throw failure(signal);
    // It may have been closed meanwhile, because it was not used.
    socket ??= connect();
    const { promise, resolve, reject } = Promise.withResolvers<FormattedExecutionResult>();
    let answer: FormattedExecutionResult | undefined;
    const leave = socket.start(payload, {
      next: (result) => {
        answer = result;
      },
      end: (reason) => {
        if (Array.isArray(reason)) resolve({ errors: reason });
        else if (answer) resolve(answer);
        else reject(failure(signal));
      },
    });
    const stop = () => {
      leave();
      reject(failure(signal));
    };
    signal.addEventListener('abort', stop, { once: true });
    return promise.finally(() => signal.removeEventListener('abort', stop));
  }

  return {
    subscribe,
    execute,
    isOpen: () => socket?.isOpen === true,
    close: async () => {
      clearTimeout(idle);
      socket?.close();
    },
  };
}

function payloadOf(
  { query, operationName, variables }: SubgraphRequest,
  origin: RequestOrigin,
): string {
  const extensions = callerExtensions(origin);
  return JSON.stringify({ query, operationName, variables, extensions });
}

function lost(): readonly GraphQLFormattedError[] {
  const { message, extensions } = new CivitasError('SUBGRAPH_UNAVAILABLE');
  return [{ message, extensions }];
}

function failure(signal: AbortSignal): CivitasError {
  return new CivitasError(signal.aborted ? 'SUBGRAPH_TIMEOUT' : 'SUBGRAPH_UNAVAILABLE');
}
