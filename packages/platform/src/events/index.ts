export { appendEvents } from './append-events.ts';
export { connectEventBus } from './connect-event-bus.ts';
export {
  type ConsumerOptions,
  consumeEvents,
  type EventConsumer,
  type EventHandler,
  MAX_ATTEMPTS,
} from './consume-events.ts';
export type { DomainEvent, NewEvent } from './domain-event.ts';
export type { EventBus, EventSubscription } from './event-bus.ts';
export { createInProcessBus } from './in-process-bus.ts';
export { createRedisStreamsBus } from './redis-streams-bus.ts';
export { createRelay, type Relay } from './relay.ts';
export type { Redriven } from './retry-parked.ts';
