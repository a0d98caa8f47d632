import type { SubgraphTransport } from '@civitas/platform/subgraph';

/** One address of a subgraph. */
export interface Endpoint {
  readonly transport: SubgraphTransport;
  /** Requests it is working on. */
  pending: number;
  /** Failures since its last success. */
  failures: number;
  /** No requests before this time, in milliseconds; 0 while it is in use. */
  ejectedUntil: number;
}

/** After so many failures in a row an address gets a pause. */
const FAILURES_TO_EJECT = 3;
const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 30_000;

/**
 * The addresses of one subgraph. An address that fails three times in a row is left out for a
 * second, and twice as long each time it then fails again, up to half a minute; when its pause is
 * over one request tries it. The last one is never left out: whether to ask at all is the circuit
 * breaker's to say.
 */
export interface Endpoints {
  readonly all: readonly Endpoint[];
  /** The address with the least to do, in turn where several are equal. @param except only when no other is in use. */
  choose(now: number, except?: Endpoint): Endpoint;
  succeeded(endpoint: Endpoint): void;
  failed(endpoint: Endpoint, now: number): void;
}

/** @throws RangeError when there is none. */
export function createEndpoints(transports: readonly SubgraphTransport[]): Endpoints {
  const all: readonly Endpoint[] = transports.map((transport) => ({
    transport,
    pending: 0,
    failures: 0,
    ejectedUntil: 0,
  }));
  const [only] = all;
  if (!only) throw new RangeError('A subgraph needs an address.');
  let turn = 0;

  function leastPending(now: number, except: Endpoint | undefined): Endpoint | undefined {
    let best: Endpoint | undefined;
    for (let step = 0; step < all.length; step++) {
      const each = all[(turn + step) % all.length] as Endpoint;
      if (each === except || now < each.ejectedUntil) continue;
      // A pause that is over admits one request: its outcome is awaited before the next.
      if (each.ejectedUntil > 0 && each.pending > 0) continue;
      if (!best || each.pending < best.pending) best = each;
    }
    return best;
  }

  return {
    all,
    choose: (now, except) => {
      if (all.length === 1) return only;
      turn = (turn + 1) % all.length;
      const best = leastPending(now, except) ?? leastPending(now, undefined);
      // All have their pause: the one whose pause ends first, rather than nobody.
      return (
        best ?? all.reduce((one, other) => (other.ejectedUntil < one.ejectedUntil ? other : one))
      );
    },
    succeeded: (endpoint) => {
      endpoint.failures = 0;
      endpoint.ejectedUntil = 0;
    },
    failed: (endpoint, now) => {
      endpoint.failures += 1;
      const times = endpoint.failures - FAILURES_TO_EJECT;
      if (times < 0) return;
      endpoint.ejectedUntil = now + Math.min(FIRST_PAUSE_MS * 2 ** times, MAX_PAUSE_MS);
    },
  };
}
