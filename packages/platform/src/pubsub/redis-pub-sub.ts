import { connectRedis } from '../redis/connect-redis.ts';
import type { Logger } from '../telemetry/index.ts';
import { createListeners, encodeMessage } from './listeners.ts';
import type { PubSub } from './pub-sub.ts';

interface RedisPubSubOptions {
  readonly redisUrl: string;
  readonly log: Logger;
}

const PREFIX = 'civitas:pubsub:';
/** How soon a subscriber connection that fell silent is noticed, beside the command timeout. */
const HEARTBEAT_MS = 5_000;

/**
 * Fan-out between processes over Redis pub/sub, which forgets what is sent while a subscriber's
 * connection is down; subscribers learn of that by `onGap`.
 */
export function createRedisPubSub({ redisUrl, log }: RedisPubSubOptions): PubSub {
  const publisher = connectRedis(redisUrl, log);
  // A connection in subscriber mode can send no other commands.
  const subscriber = connectRedis(redisUrl, log);
  const listeners = createListeners(log);
  let wasReady = false;
  let isClosed = false;

  subscriber.on('message', (name: string, text: string) => {
    listeners.address(name.slice(PREFIX.length), text)();
  });
  subscriber.on('ready', () => {
    const isAgain = wasReady;
    wasReady = true;
    if (isAgain) void resume();
  });

  async function resume(): Promise<void> {
    try {
      const names = listeners.channels().map((channel) => PREFIX + channel);
      if (names.length > 0) await subscriber.subscribe(...names);
    } catch (error) {
      // Without its subscriptions the connection is of no use; the next one tries again.
      log.warn({ err: error }, 'subscriptions could not be renewed');
      if (!isClosed) subscriber.disconnect(true);
      return;
    }
    listeners.tellGap();
  }

  const heartbeat = setInterval(() => {
    if (subscriber.status !== 'ready') return;
    subscriber.ping().catch(() => subscriber.disconnect(!isClosed));
  }, HEARTBEAT_MS);
  heartbeat.unref();

  return {
    publish: async (channel, message) => {
      await publisher.publish(PREFIX + channel, encodeMessage(message));
    },
    subscribe: async (channel, onMessage, options = {}) => {
      const remove = listeners.add(channel, { onMessage, ...options });
      try {
        await subscriber.subscribe(PREFIX + channel);
      } catch (error) {
        remove();
        throw error;
      }
      return async () => {
        remove();
        if (!listeners.has(channel) && !isClosed) await subscriber.unsubscribe(PREFIX + channel);
      };
    },
    close: async () => {
      isClosed = true;
      clearInterval(heartbeat);
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}
