import { type Exchange, HttpConnection, HttpTimeoutError } from './http-connection.ts';
import type { HttpAnswer } from './response-reader.ts';

interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** Kept-alive connections to one server. */
export interface HttpClient {
  /**
   * Rejects when there is no whole answer: with HttpTimeoutError, what is wrong with the connection or
   * the answer, or the reason of the signal.
   */
  send(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export interface HttpClientOptions {
  /** Open at once; who comes then waits. Default 64. */
  readonly connections?: number | undefined;
  /** Default 2 s. */
  readonly connectTimeoutMs?: number | undefined;
  /** Until the first byte of an answer, and between its pieces. Default 10 s. */
  readonly responseTimeoutMs?: number | undefined;
  /** Of a body. Default 32 MiB. */
  readonly maxResponseBytes?: number | undefined;
  /** Unused connections are closed after that. Default 30 s, and before the server would by its word. */
  readonly keepAliveMs?: number | undefined;
}

/** Bytes that would end a header and begin another. */
const UNSAFE = /[^\t\x20-\x7e]/;

/**
 * A client of what one gateway needs to say to one subgraph: a POST of JSON at a time on each of a few
 * connections, and a whole answer back. Half of what undici's dispatcher costs, which is made for all
 * of HTTP.
 */
export function createHttpClient(origin: string, options: HttpClientOptions = {}): HttpClient {
  const {
    connections = 64,
    connectTimeoutMs = 2_000,
    responseTimeoutMs = 10_000,
    maxResponseBytes = 32 * 1024 * 1024,
    keepAliveMs = 30_000,
  } = options;
  const url = new URL(origin);
  const all = new Set<HttpConnection>();
  /** The one used last is used next, so that the others can be closed. */
  const free: HttpConnection[] = [];
  const line = new Set<Exchange>();
  let isClosed = false;
  /** Looks at all connections; one for all of them, while there are any. */
  let watch: NodeJS.Timeout | undefined;
  let lookedAtMs = 0;
  const watchMs = Math.max(
    5,
    Math.min(connectTimeoutMs, responseTimeoutMs, keepAliveMs, 2_000) / 4,
  );

  function look(): void {
    const now = performance.now();
    const sinceMs = now - lookedAtMs;
    lookedAtMs = now;
    // This process stood still: what has come meanwhile is not read yet.
    if (sinceMs > 2 * watchMs) return;
    for (const connection of all) {
      const quietMs = now - connection.lastAtMs;
      if (!connection.isConnected) {
        if (quietMs > connectTimeoutMs) connection.end(new HttpTimeoutError('No connection.'));
      } else if (connection.isBusy) {
        if (quietMs > responseTimeoutMs) connection.end(new HttpTimeoutError('No answer.'));
      } else if (isSpent(connection, now)) connection.end(undefined);
    }
    if (all.size > 0) return;
    clearInterval(watch);
    watch = undefined;
  }

  function connect(exchange: Exchange): void {
    const connection = new HttpConnection({
      url,
      maxResponseBytes,
      onFree: (each) => {
        const next = nextInLine();
        if (next) each.send(next);
        else free.push(each);
      },
      // The server may be letting go of all that were kept, and who tries again needs one that lives.
      onStale: () => {
        for (const each of free.splice(0)) each.end(undefined);
      },
      onGone: (each) => {
        all.delete(each);
        const at = free.indexOf(each);
        if (at >= 0) free.splice(at, 1);
        const next = isClosed ? undefined : nextInLine();
        if (next) connect(next);
      },
    });
    all.add(connection);
    if (!watch) {
      lookedAtMs = performance.now();
      watch = setInterval(look, watchMs).unref();
    }
    connection.send(exchange);
  }

  function nextInLine(): Exchange | undefined {
    const [next] = line;
    if (next) line.delete(next);
    return next;
  }

  /** A server may be closing what has not been used for long. */
  function unspent(): HttpConnection | undefined {
    for (let connection = free.pop(); connection; connection = free.pop()) {
      if (!isSpent(connection, performance.now())) return connection;
      connection.end(undefined);
    }
    return undefined;
  }

  function isSpent(connection: HttpConnection, now: number): boolean {
    return now - connection.lastAtMs > Math.min(keepAliveMs, connection.keepAliveMs);
  }

  function dispatch(exchange: Exchange): void {
    const connection = unspent();
    if (connection) connection.send(exchange);
    else if (all.size < connections) connect(exchange);
    else line.add(exchange);
  }

  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        const { signal } = request;
        if (signal.aborted || isClosed) {
          reject(signal.aborted ? signal.reason : new Error('The client is closed.'));
          return;
        }
        const leave = () => {
          line.delete(exchange);
          exchange.carrier?.end(signal.reason);
          reject(signal.reason);
        };
        const exchange: Exchange = {
          ...textOf(request, url.host),
          carrier: undefined,
          answered: (answer) => {
            signal.removeEventListener('abort', leave);
            resolve(answer);
          },
          failed: (reason) => {
            signal.removeEventListener('abort', leave);
            reject(reason);
          },
        };
        signal.addEventListener('abort', leave, { once: true });
        dispatch(exchange);
      }),
    close: async () => {
      isClosed = true;
      const reason = new Error('The client is closed.');
      for (const exchange of line) exchange.failed(reason);
      line.clear();
      for (const connection of all) connection.end(reason);
      clearInterval(watch);
    },
  };
}

function textOf(
  { method, path, headers, body = '' }: HttpRequest,
  host: string,
): Pick<Exchange, 'request' | 'encoding'> {
  let text = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`;
  for (let index = 0; index < headers.length; index += 2) {
    const value = headers[index + 1] as string;
    if (UNSAFE.test(value)) throw new TypeError(`The header ${headers[index]} cannot be sent.`);
    text += `${headers[index]}: ${value}\r\n`;
  }
  const length = Buffer.byteLength(body);
  if (method === 'POST') text += `content-length: ${length}\r\n`;
  // Only ASCII is as long in bytes as in characters, and is copied where UTF-8 would be encoded.
  return {
    request: `${text}\r\n${body}`,
    encoding: length === body.length ? 'latin1' : 'utf8',
  };
}
