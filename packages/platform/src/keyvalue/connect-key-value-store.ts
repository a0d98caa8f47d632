import type { Logger } from '../telemetry/index.ts';
import type { KeyValueStore } from './key-value-store.ts';
import { createMemoryKeyValueStore } from './memory-key-value-store.ts';
import { createRedisKeyValueStore } from './redis-key-value-store.ts';

interface ConnectKeyValueStoreOptions {
  /** Absent in the one-process shape. */
  readonly redisUrl: string | undefined;
  readonly log: Logger;
  readonly now?: () => Date;
}

/** The key-value store of this process's shape. */
export function connectKeyValueStore(options: ConnectKeyValueStoreOptions): KeyValueStore {
  const { redisUrl, log, now = () => new Date() } = options;
  return redisUrl === undefined
    ? createMemoryKeyValueStore({ now })
    : createRedisKeyValueStore({ redisUrl, log });
}
