import { Redis } from 'ioredis';
import type { Logger } from '../telemetry/index.ts';
import { makeStringsFast } from './fast-strings.ts';

makeStringsFast();

/** A command that has no answer after this long has failed: a dead Redis must not hang us. */
const COMMAND_TIMEOUT_MS = 2_000;
const MAX_RECONNECT_DELAY_MS = 1_000;

/**
 * Opens a connection that comes back by itself. Commands are never resent behind the caller's back:
 * one that was under way when the connection went, or that waits longer than two seconds, rejects.
 *
 * @param commandTimeoutMs longer than two seconds only for a connection that blocks on purpose.
 */
export function connectRedis(
  url: string,
  log: Logger,
  commandTimeoutMs = COMMAND_TIMEOUT_MS,
): Redis {
  const redis = new Redis(url, {
    commandTimeout: commandTimeoutMs,
    connectTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 1,
    autoResendUnfulfilledCommands: false,
    // The pub/sub connection renews its own subscriptions, to know when they are active again.
    autoResubscribe: false,
    retryStrategy: (attempt) => Math.min(25 * 2 ** attempt, MAX_RECONNECT_DELAY_MS),
  });
  let lastReason = '';
  redis.on('error', (error: Error) => {
    // One line per reason and outage, not one per attempt to reconnect.
    if (error.message !== lastReason) log.warn({ err: error }, 'redis connection failed');
    lastReason = error.message;
  });
  redis.on('ready', () => {
    lastReason = '';
  });
  return redis;
}
