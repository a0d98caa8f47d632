import { setTimeout as delay } from 'node:timers/promises';
import { createLimit } from '../concurrency/index.ts';
import { durationMetric, type Logger } from '../telemetry/index.ts';
import type { DomainEvent } from './domain-event.ts';
import type { EventSubscription } from './event-bus.ts';
import { createLanes } from './lanes.ts';

/** Deliveries of one consumer that run at the same time; each holds one database connection. */
const CONCURRENCY = 4;

const lag = durationMetric({
  name: 'civitas_event_lag_seconds',
  help: 'From the commit of an event until its consumer has taken it.',
  labels: ['consumer'],
});

/** How both buses hand events to one consumer. */
export interface Delivery {
  /**
   * Resolves once the consumer has taken the event (at once when it wants no such event); events of
   * one aggregate are taken in the order of the calls. Rejects only when the bus closes first.
   */
  take(event: DomainEvent): Promise<void>;
  /** Starts no further delivery and resolves when the running ones have ended. */
  close(): Promise<void>;
}

/** Doubling from 100 ms, 5 s at most, ±25 % so that consumers do not retry in step. */
function defaultRedeliveryDelayMs(attempt: number): number {
  return Math.min(100 * 2 ** (attempt - 1), 5_000) * (0.75 + Math.random() / 2);
}

export interface DeliveryOptions {
  readonly log: Logger;
  /** How long to wait after failed attempt number `attempt` (1, 2, …), in milliseconds. */
  readonly redeliveryDelayMs?: (attempt: number) => number;
}

export function createDelivery(
  { consumer, types, deliver }: EventSubscription,
  { log, redeliveryDelayMs = defaultRedeliveryDelayMs }: DeliveryOptions,
): Delivery {
  const wanted = new Set(types);
  const lanes = createLanes();
  const limited = createLimit(CONCURRENCY);
  const closing = new AbortController();
  const { signal } = closing;

  async function deliverUntilTaken(event: DomainEvent): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        // The wait below is outside the limit: an aggregate that fails does not slow the others.
        await limited(async () => {
          signal.throwIfAborted();
          await deliver(event, attempt);
        });
        lag.observe({ consumer }, Math.max(0, Date.now() - event.occurredAt.getTime()) / 1000);
        return;
      } catch (error) {
        signal.throwIfAborted();
        const about = { err: error, consumer, eventId: event.id, type: event.type, attempt };
        log.warn(about, 'event delivery failed, will be repeated');
        await delay(redeliveryDelayMs(attempt), undefined, { signal });
      }
    }
  }

  return {
    take: async (event) => {
      if (!wanted.has(event.type) && !wanted.has(`${event.source}.*`)) return;
      await lanes.run(event.aggregateId, () => deliverUntilTaken(event));
    },
    close: async () => {
      closing.abort(new Error(`The event bus closed before ${consumer} took the event.`));
      await lanes.idle();
    },
  };
}
