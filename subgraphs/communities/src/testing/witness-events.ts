import type { DomainEvent, EventBus } from '@civitas/platform/events';

/** Sees every event of this subgraph as another subgraph would. */
export interface EventWitness {
  listenTo(bus: EventBus): void;
  /** Resolves when an event of this aggregate has arrived. */
  of(aggregateId: string): Promise<DomainEvent>;
}

export function witnessEvents(): EventWitness {
  const seen = new Map<string, PromiseWithResolvers<DomainEvent>>();
  const slotOf = (aggregateId: string) => {
    const slot = seen.get(aggregateId) ?? Promise.withResolvers<DomainEvent>();
    seen.set(aggregateId, slot);
    return slot;
  };
  return {
    listenTo: (bus) =>
      bus.subscribe({
        consumer: 'witness',
        types: ['communities.community.created', 'communities.post.created'],
        deliver: async (event) => slotOf(event.aggregateId).resolve(event),
      }),
    of: (aggregateId) => slotOf(aggregateId).promise,
  };
}
