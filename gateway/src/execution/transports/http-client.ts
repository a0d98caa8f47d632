import { type Dispatcher, Pool } from 'undici';

/** A whole answer, its body as it came. */
export interface HttpAnswer {
  readonly status: number;
  /** `none` when the server does not say. */
  readonly contentType: string;
  readonly body: Buffer;
}

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
  /** Rejects when there is no whole answer: with undici's errors, or the reason of the signal. */
  send(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/**
 * An HTTP client that reads whole answers. undici's dispatcher without the streams of its
 * `request`, which cost as much again as the exchange itself.
 */
export function createHttpClient(origin: string, options: Pool.Options): HttpClient {
  const pool = new Pool(origin, { ...options, pipelining: 1 });
  return {
    send: ({ signal, headers, ...request }) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        pool.dispatch(
          { ...request, headers: headers as string[] },
          readWhole(signal, resolve, reject),
        );
      }),
    close: () => pool.destroy(),
  };
}

function readWhole(
  signal: AbortSignal,
  resolve: (answer: HttpAnswer) => void,
  reject: (reason: unknown) => void,
): Dispatcher.DispatchHandler {
  let controller: Dispatcher.DispatchController | undefined;
  let status = 0;
  let contentType = 'none';
  let first: Buffer | undefined;
  let chunks: Buffer[] | undefined;
  const leave = () => {
    controller?.abort(signal.reason);
    reject(signal.reason);
  };
  signal.addEventListener('abort', leave, { once: true });
  return {
    onRequestStart: (started) => {
      controller = started;
      // It waited for a connection while its caller left.
      if (signal.aborted) started.abort(signal.reason);
    },
    onResponseStart: (_, statusCode, headers) => {
      status = statusCode;
      contentType = String(headers['content-type'] ?? 'none');
    },
    onResponseData: (_, chunk) => {
      if (!first) first = chunk;
      else if (chunks) chunks.push(chunk);
      else chunks = [first, chunk];
    },
    onResponseEnd: () => {
      signal.removeEventListener('abort', leave);
      const body = chunks ? Buffer.concat(chunks) : (first ?? Buffer.alloc(0));
      resolve({ status, contentType, body });
    },
    onResponseError: (_, error) => {
      signal.removeEventListener('abort', leave);
      reject(error);
    },
  };
}
