import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { Logger } from '../telemetry/index.ts';
import type { EventBus } from './event-bus.ts';
import { becomeOnlyRelay, markPublished, readUnpublished, sweep } from './outbox.ts';
import { createOutboxMeter } from './outbox-metrics.ts';
import { createRelayBatches } from './relay-batches.ts';
import { createWakeUp } from './wake-up.ts';

interface RelayOptions {
  /** The database whose outbox is published; a direct connection, as it listens and holds a lock. */
  readonly url: string;
  readonly bus: EventBus;
  readonly log: Logger;
}

/** Publishes the outbox of one database. Any number may run; one at a time is active. */
export interface Relay {
  /** Begins in the background; failures are logged and repeated until `stop`. */
  start(): void;
  /** Waits up to five seconds for what the bus is taking. */
  stop(): Promise<void>;
}

const BATCH_EVENTS = 200;
const MAX_BATCHES = 4;
/** A notification can be lost with its connection; this bounds how late its event is then. */
const POLL_MS = 2_000;
/** How often a standby tries to take over. */
const STANDBY_MS = 1_000;
const SWEEP_EVERY_MS = 10 * 60_000;
const MEASURE_EVERY_MS = 5_000;
const QUERY_TIMEOUT_MS = 10_000;
const DRAIN_MS = 5_000;
const MAX_RECONNECT_DELAY_MS = 5_000;

/**
 * Makes the relay of one outbox. It publishes in order of position and marks rows after the bus has
 * accepted them; a crash between the two publishes them again.
 *
 * Two relays may overlap for a moment when a connection dies unnoticed. Both then publish the same
 * rows in the same order, so the first arrival of each event is still in order.
 */
export function createRelay({ url, bus, log }: RelayOptions): Relay {
  const stopping = new AbortController();
  const news = createWakeUp();
  const batches = createRelayBatches(bus, log, stopping.signal, news.wake);
  const isStopping = () => stopping.signal.aborted;
  let running: Promise<void> | undefined;
  let failures = 0;

  async function run(): Promise<void> {
    while (!isStopping()) {
      const client = new Client({
        connectionString: url,
        connectionTimeoutMillis: QUERY_TIMEOUT_MS,
        query_timeout: QUERY_TIMEOUT_MS,
        keepAlive: true,
        application_name: 'civitas-relay',
      });
      try {
        await relayOver(client);
      } catch (error) {
        failures += 1;
        log.warn({ err: error }, 'relay lost its database, will connect again');
        const delayMs = Math.min(50 * 2 ** failures, MAX_RECONNECT_DELAY_MS);
        await delay(delayMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  }

  async function relayOver(client: Client): Promise<void> {
    client.on('notification', news.wake);
    // Without a listener an idle connection's error would end the process; the next query reports it.
    client.on('error', news.wake);
    await client.connect();
    await client.query('LISTEN outbox');
    while (!isStopping() && !(await becomeOnlyRelay(client))) await news.wait(STANDBY_MS);
    const measure = createOutboxMeter();
    let measuredAt = 0;
    let sweptAt = 0;
    while (!isStopping()) {
      await markAccepted(client);
      if (Date.now() - sweptAt > SWEEP_EVERY_MS) {
        await sweep(client);
        sweptAt = Date.now();
      }
      if (Date.now() - measuredAt > MEASURE_EVERY_MS) {
        await measure(client);
        measuredAt = Date.now();
      }
      failures = 0;
      if (!(await publishNext(client))) await news.wait(POLL_MS);
    }
    await Promise.race([batches.settled(), delay(DRAIN_MS, undefined, { ref: false })]);
    await markAccepted(client);
  }

  async function publishNext(client: Client): Promise<boolean> {
    if (batches.size >= MAX_BATCHES) return false;
    const batch = await readUnpublished(client, batches.aggregates(), BATCH_EVENTS);
    if (batch.length > 0) batches.publish(batch);
    return batch.length > 0;
  }

  async function markAccepted(client: Client): Promise<void> {
    const positions = batches.accepted();
    await markPublished(client, positions);
    batches.marked(positions);
  }

  return {
    start: () => {
      running ??= run();
    },
    stop: async () => {
      stopping.abort();
      news.wake();
      await running;
    },
  };
}
