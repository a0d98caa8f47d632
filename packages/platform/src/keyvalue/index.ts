export { connectKeyValueStore } from './connect-key-value-store.ts';
export type { Counter, KeyValueStore } from './key-value-store.ts';
export { createMemoryKeyValueStore } from './memory-key-value-store.ts';
export { createRedisKeyValueStore } from './redis-key-value-store.ts';
