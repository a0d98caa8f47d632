import type { EventBus } from '@civitas/platform/events';
import type { CacheStore } from './cache-store.ts';
import { eventTags } from './tags.ts';

/**
 * Forgets what domain events say has changed. Gateways that share a store share the consumer: one of
 * them stamps for all. An event that cannot be stamped is delivered again.
 */
export function forgetByEvents(
  bus: EventBus,
  store: CacheStore,
  subgraphs: Iterable<string>,
): void {
  bus.subscribe({
    consumer: 'gateway-cache',
    types: Array.from(subgraphs, (name) => `${name}.*`),
    deliver: (event) => store.stamp(eventTags(event)),
  });
}
