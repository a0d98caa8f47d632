export { connectPubSub } from './connect-pub-sub.ts';
export { createInProcessPubSub } from './in-process-pub-sub.ts';
export type { PubSub, SubscribeOptions, Unsubscribe } from './pub-sub.ts';
export { createRedisPubSub } from './redis-pub-sub.ts';
