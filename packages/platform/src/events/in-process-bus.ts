import { createDelivery, type Delivery, type DeliveryOptions } from './delivery.ts';
import type { EventBus, EventSubscription } from './event-bus.ts';

/**
 * The bus of the one-process shape. There is no broker that could keep an event, so `publish`
 * resolves only when every subscriber has taken it; until then its outbox row stays unpublished.
 */
export function createInProcessBus(options: DeliveryOptions): EventBus {
  const deliveries = new Map<string, Delivery>();
  const started = Promise.withResolvers<void>();
  let isStarted = false;
  return {
    publish: async (events) => {
      await started.promise;
      const taken = events.flatMap((event) =>
        // Each consumer gets its own copy, as it would from a broker.
        Array.from(deliveries.values(), (delivery) => delivery.take(structuredClone(event))),
      );
      const failed = (await Promise.allSettled(taken)).find(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') throw failed.reason;
    },
    subscribe: (subscription) => {
      refuseLateOrDouble(subscription, deliveries, isStarted);
      deliveries.set(subscription.consumer, createDelivery(subscription, options));
    },
    start: async () => {
      isStarted = true;
      started.resolve();
    },
    forget: async () => undefined,
    close: async () => {
      // Publishers that still wait for `start` must learn that it never comes.
      started.reject(new Error('The event bus is closed.'));
      started.promise.catch(() => undefined);
      await Promise.all(Array.from(deliveries.values(), (delivery) => delivery.close()));
    },
  };
}

/** @throws Error for a second subscription of a consumer, and for most once events may flow. */
export function refuseLateOrDouble(
  { consumer, mayJoinLate = false }: EventSubscription,
  known: ReadonlyMap<string, unknown>,
  isStarted: boolean,
): void {
  if (isStarted && !mayJoinLate)
    throw new Error(`${consumer} subscribes after the event bus was started.`);
  if (known.has(consumer)) throw new Error(`${consumer} is subscribed already.`);
}
