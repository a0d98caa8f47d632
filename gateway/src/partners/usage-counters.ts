import { randomUUID } from 'node:crypto';
import type { Logger } from '@civitas/platform/telemetry';
import type { ClientDirectory, UsageEntry } from './client-directory.ts';

/** Counts what keys do, and tells identity from time to time. */
export interface UsageCounters {
  count(apiKeyId: string, use: OperationUse): void;
  /** Tells what has been counted. Never rejects: what could not be told is told later. */
  flush(): Promise<void>;
  /** Flushes a last time. */
  stop(): Promise<void>;
}

interface OperationUse {
  /** Undefined for an operation that is not registered. */
  readonly operationId: string | undefined;
  readonly hasFailed: boolean;
  readonly cost: number;
}

interface UsageCountersOptions {
  readonly directory: Pick<ClientDirectory, 'recordUsage'>;
  readonly log: Logger;
  /** What a gateway that is killed forgets at most. Default 5 s. */
  readonly flushMs?: number;
}

interface Batch {
  readonly id: string;
  readonly entries: readonly UsageEntry[];
}

const MAX_ENTRIES = 5_000;
/** While identity is away: some 50,000 counters. Then the oldest are given up. */
const MAX_WAITING = 10;

/** Counters of this process; each batch has an id, so that it counts once however often it is sent. */
export function createUsageCounters(options: UsageCountersOptions): UsageCounters {
  const { directory, log, flushMs = 5_000 } = options;
  let counting = new Map<string, UsageEntry>();
  let waiting: Batch[] = [];
  let flushing: Promise<void> = Promise.resolve();

  function close(): void {
    if (counting.size === 0) return;
    waiting.push({ id: randomUUID(), entries: [...counting.values()] });
    counting = new Map();
    const lost = waiting.length - MAX_WAITING;
    if (lost <= 0) return;
    log.error({ batches: lost }, 'counters of use are given up');
    waiting = waiting.slice(lost);
  }

  async function send(): Promise<void> {
    close();
    for (const batch of [...waiting]) {
      await directory.recordUsage(batch.id, batch.entries);
      waiting = waiting.filter((each) => each !== batch);
    }
  }

  function flush(): Promise<void> {
    flushing = flushing
      .then(send)
      .catch((error: unknown) => log.warn({ err: error }, 'counters of use wait'));
    return flushing;
  }

  const timer = setInterval(() => void flush(), flushMs);
  timer.unref();
  return {
    count: (apiKeyId, { operationId = 'unregistered', hasFailed, cost }) => {
      const day = new Date().toISOString().slice(0, 10);
      const key = `${apiKeyId} ${day} ${operationId}`;
      const before = counting.get(key);
      counting.set(key, {
        apiKeyId,
        day,
        operationId,
        requests: (before?.requests ?? 0) + 1,
        failures: (before?.failures ?? 0) + (hasFailed ? 1 : 0),
        cost: (before?.cost ?? 0) + cost,
      });
      if (counting.size >= MAX_ENTRIES) void flush();
    },
    flush,
    stop: () => {
      clearInterval(timer);
      return flush();
    },
  };
}
