import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../telemetry/index.ts';
import type { EventBus } from './event-bus.ts';
import type { OutboxEvent } from './outbox.ts';

const MAX_RETRY_DELAY_MS = 5_000;

/**
 * The batches a relay has handed to the bus. An aggregate is in at most one of them, so that a slow
 * or failing one holds up its own aggregates only and order per aggregate holds.
 */
export interface RelayBatches {
  readonly size: number;
  /** Aggregates that must not be read now. */
  aggregates(): string[];
  publish(batch: readonly OutboxEvent[]): void;
  /** Positions the bus has accepted and nobody has `marked` yet. */
  accepted(): string[];
  /** Lets go of the aggregates of these positions. */
  marked(positions: readonly string[]): void;
  /** Resolves when the bus has answered for every batch. */
  settled(): Promise<void>;
}

/** @param onChange called when a batch was accepted or may be read again. */
export function createRelayBatches(
  bus: EventBus,
  log: Logger,
  stopping: AbortSignal,
  onChange: () => void,
): RelayBatches {
  const running = new Map<Promise<void>, ReadonlySet<string>>();
  const accepted = new Map<string, string>();
  let failures = 0;

  async function publish(batch: readonly OutboxEvent[]): Promise<void> {
    try {
      await bus.publish(batch.map(({ event }) => event));
      failures = 0;
      for (const { position, event } of batch) accepted.set(position, event.aggregateId);
    } catch (error) {
      failures += 1;
      if (stopping.aborted) return;
      log.warn({ err: error, events: batch.length }, 'publishing failed, will be repeated');
      const delayMs = Math.min(50 * 2 ** failures, MAX_RETRY_DELAY_MS);
      await delay(delayMs, undefined, { signal: stopping }).catch(() => undefined);
    }
  }

  return {
    get size() {
      return running.size;
    },
    aggregates: () => [
      ...new Set([...accepted.values(), ...[...running.values()].flatMap((each) => [...each])]),
    ],
    publish: (batch) => {
      const run: Promise<void> = publish(batch).finally(() => {
        running.delete(run);
        onChange();
      });
      running.set(run, new Set(batch.map(({ event }) => event.aggregateId)));
    },
    accepted: () => [...accepted.keys()],
    marked: (positions) => {
      for (const position of positions) accepted.delete(position);
    },
    settled: async () => {
      await Promise.all(running.keys());
    },
  };
}
