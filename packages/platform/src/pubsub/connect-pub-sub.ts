import type { Logger } from '../telemetry/index.ts';
import { createInProcessPubSub } from './in-process-pub-sub.ts';
import type { PubSub } from './pub-sub.ts';
import { createRedisPubSub } from './redis-pub-sub.ts';

interface ConnectPubSubOptions {
  /** Absent in the one-process shape. */
  readonly redisUrl: string | undefined;
  readonly log: Logger;
}

/** The pub/sub of this process's shape. */
export function connectPubSub({ redisUrl, log }: ConnectPubSubOptions): PubSub {
  return redisUrl === undefined
    ? createInProcessPubSub({ log })
    : createRedisPubSub({ redisUrl, log });
}
