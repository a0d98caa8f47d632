import type { TestDatabase } from '../../../test/open-test-database.ts';
import { createLogger } from '../../telemetry/index.ts';
import {
  consumeEvents,
  createRelay,
  type DomainEvent,
  type EventBus,
  type EventConsumer,
} from '../index.ts';
import { handlerThat, type Step } from './handler.ts';

export const log = createLogger({ name: 'test', level: 'silent' });

/** What a process of ours would run: a relay of one database, a consumer with another. */
export interface RunningProcess extends EventConsumer {
  readonly bus: EventBus;
  stop(): Promise<void>;
}

interface ProcessOptions {
  /** What follows each step outside the database. */
  readonly afterwards?: (event: DomainEvent) => Promise<void>;
  readonly bus: EventBus;
  readonly source: TestDatabase;
  readonly target: TestDatabase;
  readonly consumer?: string;
  /** Runs in the handler's transaction after its effect was written. */
  readonly onStep?: (step: Step, event: DomainEvent) => Promise<void> | void;
}

export async function runProcess(options: ProcessOptions): Promise<RunningProcess> {
  const { bus, source, target, consumer = 'finance', onStep, afterwards } = options;
  const relay = createRelay({ url: source.url, bus, log });
  const handlers = { 'town.house.moved': handlerThat(consumer, onStep) };
  const consumption = consumeEvents({
    database: target,
    bus,
    consumer,
    handlers,
    ...(afterwards && { afterwards: { 'town.house.moved': afterwards } }),
    log,
    now: () => new Date(),
  });
  relay.start();
  await bus.start();
  return {
    bus,
    ...consumption,
    stop: async () => {
      await relay.stop();
      await bus.close();
    },
  };
}
