export { connectKeyValueStore } from './connect-key-value-store.ts';
export type { Bucket, Counter, KeyValueStore, Tokens } from './key-value-store.ts';
export { createMemoryKeyValueStore } from './memory-key-value-store.ts';
export { createRedisKeyValueStore } from './redis-key-value-store.ts';
