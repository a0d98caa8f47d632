import type { PrismaClientLike } from '../database/index.ts';
import { type ConsumerOptions, sqlOf, textOf } from './consumer-options.ts';
import type { DomainEvent } from './domain-event.ts';
import type { EventBus } from './event-bus.ts';
import { lockFirstParked, parkEvent, takeEvent } from './inbox.ts';
import { type Redriven, retryParked } from './retry-parked.ts';

/** One consumer's side of the bus. */
export interface EventConsumer {
  /** As `ConsumerOptions` has it. */
  readonly name: string;
  /**
   * Applies parked events again, in order per aggregate, until one fails; that one and those behind
   * it stay parked.
   */
  retryParked(): Promise<Redriven>;
}

/** With the redelivery delays of the bus (100 ms, doubling) some three seconds. */
export const MAX_ATTEMPTS = 6;

/**
 * Subscribes a consumer. Each delivery is one transaction: record the event in `inbox`, run the
 * handler, commit; an event that is recorded already is done. After {@link MAX_ATTEMPTS} failures
 * the event is put into `parked_event` with an error log, and later events of its aggregate line up
 * behind it there; all others go on.
 */
export function consumeEvents<Client extends PrismaClientLike>(
  options: ConsumerOptions<Client> & { readonly bus: EventBus },
): EventConsumer {
  const { consumer, handlers, log } = options;
  options.bus.subscribe({
    consumer,
    types: Object.keys(handlers),
    deliver: async (event, attempt) => {
      try {
        await applyOnce(options, event);
        await options.afterwards?.[event.type]?.(event);
      } catch (error) {
        if (attempt < MAX_ATTEMPTS) throw error;
        await park(options, event, error, attempt);
        log.error({ err: error, consumer, eventId: event.id, type: event.type }, 'event parked');
      }
    },
  });
  return { name: consumer, retryParked: () => retryParked(options) };
}

async function applyOnce<Client extends PrismaClientLike>(
  { database, consumer, handlers, now }: ConsumerOptions<Client>,
  event: DomainEvent,
): Promise<void> {
  const handler = handlers[event.type];
  if (!handler) throw new Error(`${consumer} has no handler for ${event.type}.`);
  await database.inTransaction(async (tx) => {
    const sql = sqlOf(tx);
    if (!(await takeEvent(sql, consumer, event.id, now()))) return;
    const ahead = await lockFirstParked(sql, consumer, event.aggregateId);
    if (ahead) {
      const error = `Waits behind ${ahead.id} of the same aggregate.`;
      await parkEvent(sql, event, { consumer, error, attempts: 0, parkedAt: now() });
    } else {
      await handler(tx, event);
    }
  });
}

async function park<Client extends PrismaClientLike>(
  { database, consumer, now }: ConsumerOptions<Client>,
  event: DomainEvent,
  error: unknown,
  attempts: number,
): Promise<void> {
  await database.inTransaction(async (tx) => {
    const sql = sqlOf(tx);
    if (!(await takeEvent(sql, consumer, event.id, now()))) return;
    await parkEvent(sql, event, { consumer, error: textOf(error), attempts, parkedAt: now() });
  });
}
