import type { SubgraphTransport } from '@civitas/platform/subgraph';
import { counterMetric, gaugeMetric, onScrape } from '@civitas/platform/telemetry';
import { type StreamDoorName, streamDoors } from '../doors/streams/stream-limit.ts';
import type { BreakerState } from '../upstream/circuit-breaker.ts';
import type { Upstream } from '../upstream/upstream.ts';

/** What is counted anyway, and read when somebody looks. */
export interface GatewayState {
  /** Of the present supergraph; those over a network have a state. */
  transports(): ReadonlyMap<string, SubgraphTransport & Partial<Pick<Upstream, 'state'>>>;
  subscriptions(): number;
  streams(door: StreamDoorName): number;
  plans(): { readonly hits: number; readonly misses: number };
}

const breaker = gaugeMetric({
  name: 'civitas_breaker_state',
  help: '0 closed, 1 half-open, 2 open.',
  labels: ['subgraph'],
});
const pending = gaugeMetric({
  name: 'civitas_fetches_pending',
  help: 'Requests a subgraph is working on for this gateway.',
  labels: ['subgraph'],
});
const waiting = gaugeMetric({
  name: 'civitas_fetches_waiting',
  help: 'Requests that stand in line because a subgraph has as many as it may.',
  labels: ['subgraph'],
});
const ejected = gaugeMetric({
  name: 'civitas_addresses_ejected',
  help: 'Addresses of a subgraph that are left out because they failed.',
  labels: ['subgraph'],
});
const retries = gaugeMetric({
  name: 'civitas_fetch_retries',
  help: 'Reads that were sent a second time, since the start of the process.',
  labels: ['subgraph'],
});
const subscriptions = gaugeMetric({
  name: 'civitas_subscriptions_open',
  help: 'Clients’ subscriptions that are open.',
});
const streams = gaugeMetric({
  name: 'civitas_streams_open',
  help: 'WebSockets, event streams and multipart answers that are open, by their door.',
  labels: ['door'],
});
const plans = counterMetric({
  name: 'civitas_plans_total',
  help: 'Plans that were needed: remembered (hit) or made (miss).',
  labels: ['result'],
});

const STATES: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 };

/** @returns ends it. */
export function showGatewayState(state: GatewayState): () => void {
  return onScrape(() => {
    for (const [subgraph, transport] of state.transports()) {
      const now = transport.state?.();
      if (!now) continue;
      breaker.set({ subgraph }, STATES[now.breaker]);
      pending.set({ subgraph }, now.pending);
      waiting.set({ subgraph }, now.waiting);
      ejected.set({ subgraph }, now.ejected);
      retries.set({ subgraph }, now.retries);
    }
    subscriptions.set(state.subscriptions());
    for (const door of streamDoors) streams.set({ door }, state.streams(door));
    const { hits, misses } = state.plans();
    plans.reset();
    plans.inc({ result: 'hit' }, hits);
    plans.inc({ result: 'miss' }, misses);
  });
}
