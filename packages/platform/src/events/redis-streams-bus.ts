import { randomUUID } from 'node:crypto';
import { connectRedis } from '../redis/connect-redis.ts';
import { createDelivery, type DeliveryOptions } from './delivery.ts';
import { sourceOf } from './domain-event.ts';
import type { EventBus, EventSubscription } from './event-bus.ts';
import { refuseLateOrDouble } from './in-process-bus.ts';
import { leaseOf, streamOf } from './redis-keys.ts';
import { createLease } from './redis-lease.ts';
import { encodeEntry } from './stream-entry.ts';
import { forgetInStream } from './stream-forget.ts';
import { BLOCK_MS, type StreamReader, startStreamReader } from './stream-reader.ts';
import { trimStream } from './stream-trim.ts';

interface RedisStreamsBusOptions extends DeliveryOptions {
  readonly redisUrl: string;
  /** How long a dead reader's place stays taken; a paused one loses it. */
  readonly leaseMs?: number;
  /** How long acknowledged entries stay, for consumers that come later. */
  readonly retentionMs?: number;
}

const LEASE_MS = 10_000;
const RETENTION_MS = 7 * 24 * 60 * 60_000;
const TRIM_EVERY_MS = 60_000;

/**
 * The bus of the many-process shape: one stream per source, one consumer group per consumer,
 * starting from the oldest entry that is still there. Replicas of a consumer stand by for the one
 * that holds its lease. Run Redis with `appendonly yes`: what it forgets is published again only by
 * clearing `published_at` in the outboxes.
 */
export function createRedisStreamsBus(options: RedisStreamsBusOptions): EventBus {
  const { redisUrl, log, leaseMs = LEASE_MS, retentionMs = RETENTION_MS } = options;
  const commands = connectRedis(redisUrl, log);
  const subscriptions = new Map<string, EventSubscription>();
  const readers: StreamReader[] = [];
  const trimmedAt = new Map<string, number>();
  let isStarted = false;

  /** Trimming is housekeeping: its failure must not make anybody publish again. */
  async function trimNowAndThen(stream: string): Promise<void> {
    if (Date.now() - (trimmedAt.get(stream) ?? 0) < TRIM_EVERY_MS) return;
    trimmedAt.set(stream, Date.now());
    await trimStream(commands, stream, retentionMs).catch((error: unknown) => {
      log.warn({ err: error, stream }, 'event stream could not be trimmed');
    });
  }

  function startReader(subscription: EventSubscription): StreamReader {
    const { consumer, types } = subscription;
    return startStreamReader({
      consumer,
      streams: [...new Set(types.map(sourceOf))].map(streamOf),
      commands,
      blocking: connectRedis(redisUrl, log, BLOCK_MS + 2_000),
      lease: createLease({ redis: commands, key: leaseOf(consumer), owner: randomUUID(), leaseMs }),
      leaseMs,
      delivery: createDelivery(subscription, options),
      log,
    });
  }

  return {
    publish: async (events) => {
      const transaction = commands.multi();
      for (const event of events) {
        transaction.xadd(streamOf(event.source), '*', ...encodeEntry(event));
      }
      const replies = await transaction.exec();
      if (!replies) throw new Error('Redis refused the events.');
      for (const [error] of replies) if (error) throw error;
      for (const source of new Set(events.map((event) => event.source))) {
        await trimNowAndThen(streamOf(source));
      }
    },
    subscribe: (subscription) => {
      refuseLateOrDouble(subscription, subscriptions, isStarted);
      subscriptions.set(subscription.consumer, subscription);
      if (isStarted) readers.push(startReader(subscription));
    },
    start: async () => {
      if (isStarted) return;
      isStarted = true;
      for (const subscription of subscriptions.values()) readers.push(startReader(subscription));
    },
    forget: (source, word) => forgetInStream(commands, streamOf(source), word),
    close: async () => {
      await Promise.all(readers.map((reader) => reader.close()));
      commands.disconnect();
    },
  };
}
