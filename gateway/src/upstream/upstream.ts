import { CivitasError } from '@civitas/platform/errors';
import type { RequestOrigin, SubgraphRequest, SubgraphTransport } from '@civitas/platform/subgraph';
import { type Logger, logSparingly } from '@civitas/platform/telemetry';
import type { FormattedExecutionResult } from 'graphql';
import {
  type BreakerOptions,
  type BreakerState,
  createCircuitBreaker,
  defaultBreakerOptions,
} from './circuit-breaker.ts';
import { createConcurrencyGate, type GateOptions } from './concurrency-gate.ts';
import { createEndpoints, type Endpoint } from './endpoints.ts';
import { isRead } from './is-read.ts';
import { subscribeResuming } from './subscribe-resuming.ts';

export interface UpstreamOptions {
  /** The subgraph's name. */
  readonly name: string;
  /** One transport per address, at least one. Closed with the upstream. */
  readonly transports: readonly SubgraphTransport[];
  readonly log: Logger;
  readonly breaker?: Partial<BreakerOptions>;
  /** Default: 128 requests per address, 512 in line for a second at most. */
  readonly gate?: Partial<GateOptions>;
  /** In milliseconds, never going back. */
  readonly now?: () => number;
}

/** What an operator wants to know of a subgraph as the gateway sees it. */
export interface UpstreamState {
  readonly breaker: BreakerState;
  readonly pending: number;
  readonly waiting: number;
  /** Addresses that are left out for the moment. */
  readonly ejected: number;
  /** Reads that were sent a second time, since the start. */
  readonly retries: number;
}

/** A subgraph behind all its addresses. */
export interface Upstream extends SubgraphTransport {
  state(): UpstreamState;
}

const CONCURRENT_PER_ADDRESS = 128;
const MAX_WAITING = 512;
const MAX_WAIT_MS = 1_000;

/**
 * Makes a transport of several to the same subgraph: requests go to the address with the least to
 * do, a read that brings no answer is sent once more (to another address where there is one), a
 * mutation never is. No more than so many requests run at once, and a subgraph that mostly fails is
 * not asked for a while.
 *
 * Rejects as the transports do, and with `SUBGRAPH_OVERLOADED` when its line is full or too slow.
 */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { name, transports, log, now = () => performance.now() } = options;
  const endpoints = createEndpoints(transports);
  const gate = createConcurrencyGate({
    maxConcurrent: CONCURRENT_PER_ADDRESS * transports.length,
    maxWaiting: MAX_WAITING,
    maxWaitMs: MAX_WAIT_MS,
    ...options.gate,
  });
  const breaker = createCircuitBreaker(
    { ...defaultBreakerOptions, ...options.breaker },
    (state) => {
      const level = state === 'open' ? 'warn' : 'info';
      log[level]({ subgraph: name, breaker: state }, 'circuit breaker');
    },
  );
  let retries = 0;

  /** Outside the gate: who was turned away says nothing about the subgraph. */
  async function queued(request: SubgraphRequest, origin: RequestOrigin) {
    if (await gate.enter(origin.signal)) return admitted(request, origin);
    const code = origin.signal.aborted ? 'SUBGRAPH_TIMEOUT' : 'SUBGRAPH_OVERLOADED';
    throw new CivitasError(code, { cause: new Error(`${name} has as much to do as it may.`) });
  }

  async function admitted(
    request: SubgraphRequest,
    origin: RequestOrigin,
  ): Promise<FormattedExecutionResult> {
    try {
      // Asked with a place in hand, so that a probe is never left waiting in line.
      if (!breaker.admits(now())) throw circuitOpen(name);
      return await watched(request, origin);
    } finally {
      gate.leave();
    }
  }

  async function watched(request: SubgraphRequest, origin: RequestOrigin) {
    try {
      const answer = await withSecondTry(request, origin);
      breaker.succeeded(now());
      return answer;
    } catch (error) {
      if (isCallersDoing(origin)) breaker.gaveUp();
      else breaker.failed(now());
      throw error;
    }
  }

  async function withSecondTry(request: SubgraphRequest, origin: RequestOrigin) {
    const first = endpoints.choose(now());
    try {
      return await attempt(first, request, origin);
    } catch (error) {
      if (!isRead(request) || origin.signal.aborted || !isUnanswered(error)) throw error;
      retries += 1;
      return attempt(endpoints.choose(now(), first), request, origin);
    }
  }

  async function attempt(endpoint: Endpoint, request: SubgraphRequest, origin: RequestOrigin) {
    endpoint.pending += 1;
    try {
      const answer = await endpoint.transport.execute(request, origin);
      endpoints.succeeded(endpoint);
      return answer;
    } catch (error) {
      if (!isCallersDoing(origin)) endpoints.failed(endpoint, now());
      throw error;
    } finally {
      endpoint.pending -= 1;
    }
  }

  return {
    execute: (request, origin) =>
      gate.tryEnter() ? admitted(request, origin) : queued(request, origin),
    subscribe: (request, origin) => {
      let last: Endpoint | undefined;
      return subscribeResuming(origin, {
        start: (from) => {
          last = endpoints.choose(now(), last);
          return last.transport.subscribe(request, from);
        },
        onLost: (lost) => logSparingly(log, 'warn', 'subscription lost', { subgraph: name }, lost),
      });
    },
    ready: async () => {
      await Promise.any(transports.map((transport) => transport.ready())).catch(
        (error: AggregateError) => {
          throw error.errors[0];
        },
      );
    },
    close: async () => {
      await Promise.all(transports.map((transport) => transport.close()));
    },
    state: () => ({
      breaker: breaker.state(now()),
      pending: gate.inside,
      waiting: gate.waiting,
      ejected: endpoints.all.filter(({ ejectedUntil }) => now() < ejectedUntil).length,
      retries,
    }),
  };
}

function circuitOpen(name: string): CivitasError {
  const cause = new Error(`The circuit of ${name} is open.`);
  return new CivitasError('SUBGRAPH_UNAVAILABLE', { cause });
}

/** The client left; a deadline that passes is the subgraph's doing. */
function isCallersDoing({ signal }: RequestOrigin): boolean {
  return signal.aborted && (signal.reason as Partial<Error> | undefined)?.name !== 'TimeoutError';
}

/** Not a timeout: what took too long once has no time to do it again. */
function isUnanswered(error: unknown): boolean {
  return error instanceof CivitasError && error.code === 'SUBGRAPH_UNAVAILABLE';
}
