import { setTimeout as wait } from 'node:timers/promises';

/** What a partner's program needs to call the graph: `fetch` and nothing else. */
export interface Civitas {
  /**
   * Runs a registered read by its id, as a GET, so that caches on the way understand it.
   *
   * @throws CivitasAnswerError when the graph refuses it or some of it failed.
   */
  read<Data>(operationId: string, variables?: Record<string, unknown>): Promise<Data>;
}

interface Options {
  /** Of the graph. */
  readonly url: string;
  readonly apiKey: string;
  /** How often a request that has to wait is sent again. Default 5. */
  readonly retries?: number;
}

/** The graph answered with errors; each has a code from its catalogue. */
export class CivitasAnswerError extends Error {
  override readonly name = 'CivitasAnswerError';
  readonly codes: readonly string[];

  constructor(errors: readonly GraphError[]) {
    super(errors.map(({ message }) => message).join('; '));
    this.codes = errors.map(({ extensions }) => extensions?.code ?? 'UNKNOWN');
  }
}

interface GraphError {
  readonly message: string;
  readonly extensions?: { readonly code?: string };
}

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly GraphError[];
}

/** Statuses after which the same request can succeed later. */
const RETRYABLE = new Set([429, 502, 503, 504]);

/** A client that waits when it is told to, and slows down before it has to be. */
export function connectToCivitas({ url, apiKey, retries = 5 }: Options): Civitas {
  /** Not before this time: the last answer said that nothing is left until then. */
  let notBefore = 0;

  async function send(address: string): Promise<Response> {
    for (let attempt = 0; ; attempt += 1) {
      await wait(Math.max(0, notBefore - Date.now()));
      const response = await fetch(address, {
        headers: {
          authorization: `Bearer ${apiKey}`,
          accept: 'application/graphql-response+json',
          // Says that this is no web page's simple request.
          'x-civitas-preflight': '1',
        },
      });
      notBefore = Date.now() + exhaustedMs(response.headers);
      if (!RETRYABLE.has(response.status) || attempt >= retries) return response;
      await response.body?.cancel();
      const seconds = Number(response.headers.get('retry-after') ?? 2 ** attempt);
      notBefore = Math.max(notBefore, Date.now() + seconds * 1000);
    }
  }

  return {
    read: async <Data>(operationId: string, variables = {}) => {
      const search = new URLSearchParams({
        documentId: operationId,
        variables: JSON.stringify(variables),
      });
      const response = await send(`${url}?${search}`);
      const { data, errors } = (await response.json()) as Answer<Data>;
      if (errors) throw new CivitasAnswerError(errors);
      return data as Data;
    },
  };
}

/**
 * How long nothing is left of any quota: `RateLimit: "minute";r=0;t=12` has 0 requests for 12 seconds.
 * See draft-ietf-httpapi-ratelimit-headers.
 */
function exhaustedMs(headers: Headers): number {
  const limits = (headers.get('ratelimit') ?? '').split(',');
  const seconds = limits.map((limit) => {
    const left = /;r=(\d+)/.exec(limit)?.[1];
    return left === '0' ? Number(/;t=(\d+)/.exec(limit)?.[1] ?? 0) : 0;
  });
  return 1000 * Math.max(...seconds);
}
