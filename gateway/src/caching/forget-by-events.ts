import type { EventBus } from '@civitas/platform/events';
import type { CacheStore } from './cache-store.ts';
import { eventTags } from './tags.ts';

/** The subgraphs whose changes get here: the only ones that are remembered. */
export interface HeardSubgraphs {
  has(subgraph: string): boolean;
  /** Also of these, from now on; what was heard once goes on being heard. */
  hear(subgraphs: Iterable<string>): void;
}

/**
 * Forgets what domain events say has changed. Each subgraph has a consumer of its own, which gateways
 * that share a store share: one of them stamps for all, and one that knows a subgraph that the others do
 * not know yet hears it all the same. An event that cannot be stamped is delivered again.
 */
export function forgetByEvents(bus: EventBus, store: CacheStore): HeardSubgraphs {
  const heard = new Set<string>();
  const listenTo = (subgraph: string) => {
    heard.add(subgraph);
    bus.subscribe({
      consumer: `gateway-cache-${subgraph}`,
      types: [`${subgraph}.*`],
      // Nothing of it is remembered yet.
      mayJoinLate: true,
      deliver: (event) => store.stamp(eventTags(event)),
    });
  };
  return {
    has: (subgraph) => heard.has(subgraph),
    hear: (subgraphs) => {
      for (const subgraph of subgraphs) if (!heard.has(subgraph)) listenTo(subgraph);
    },
  };
}
