import type { Logger } from '../telemetry/index.ts';
import type { EventBus } from './event-bus.ts';
import { createInProcessBus } from './in-process-bus.ts';
import { createRedisStreamsBus } from './redis-streams-bus.ts';

interface ConnectEventBusOptions {
  /** Absent in the one-process shape. */
  readonly redisUrl: string | undefined;
  readonly log: Logger;
}

/** The event bus of this process's shape: Redis Streams where there is a Redis, else in process. */
export function connectEventBus({ redisUrl, log }: ConnectEventBusOptions): EventBus {
  return redisUrl === undefined
    ? createInProcessBus({ log })
    : createRedisStreamsBus({ redisUrl, log });
}
