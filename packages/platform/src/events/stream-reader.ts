import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Logger } from '../telemetry/index.ts';
import type { Delivery } from './delivery.ts';
import type { Lease, StreamEntry } from './redis-lease.ts';
import { decodeEntry } from './stream-entry.ts';
import { groupsOf } from './stream-trim.ts';
import { createWakeUp } from './wake-up.ts';

interface ReaderOptions {
  /** Consumer group, and the only consumer in it: whoever holds the lease. */
  readonly consumer: string;
  readonly streams: readonly string[];
  readonly commands: Redis;
  /** A connection of its own: it blocks. */
  readonly blocking: Redis;
  readonly lease: Lease;
  readonly leaseMs: number;
  readonly delivery: Delivery;
  readonly log: Logger;
}

/** Reads the streams of one consumer group as long as this process holds its lease. */
export interface StreamReader {
  /** Waits for running deliveries and their acknowledgement, then leaves the lease to others. */
  close(): Promise<void>;
}

const READ_ENTRIES = 64;
/** Entries in memory; beyond them the stream keeps the rest. */
const MAX_IN_FLIGHT = 256;
/** How long a blocked read may last; also how late a read is when its signal is missed. */
export const BLOCK_MS = 1_000;
const RETRY_MS = 200;

export function startStreamReader(options: ReaderOptions): StreamReader {
  const { consumer, streams, commands, blocking, lease, delivery, log } = options;
  const closing = new AbortController();
  const isClosing = () => closing.signal.aborted;
  const inFlight = new Map<string, Promise<void>>();
  const room = createWakeUp();
  /** Set when entries may be pending that this process does not have in memory. */
  let hasMissed = true;
  const lastIds = new Map<string, string>();

  async function run(): Promise<void> {
    let failing = false;
    while (!isClosing()) {
      try {
        if (await lease.acquire()) await readWhileHeld();
        else await pause(options.leaseMs / 4);
        failing = false;
      } catch (error) {
        if (isClosing()) return;
        if (!failing) log.warn({ err: error, consumer }, 'reading events failed, will be repeated');
        failing = true;
        await pause(RETRY_MS);
      }
    }
  }

  async function readWhileHeld(): Promise<void> {
    hasMissed = true;
    for (const stream of streams) await ensureGroup(stream);
    while (!isClosing()) {
      if (hasMissed) await readPending();
      const counts = [];
      for (const stream of streams) counts.push(await readNew(stream));
      if (counts.every((count) => count === 0)) await waitForEntries();
    }
  }

  async function ensureGroup(stream: string): Promise<void> {
    try {
      await commands.xgroup('CREATE', stream, consumer, '0', 'MKSTREAM');
    } catch (error) {
      if (!String(error).includes('BUSYGROUP')) throw error;
    }
    const group = (await groupsOf(commands, stream)).find(({ name }) => name === consumer);
    lastIds.set(stream, group?.lastDeliveredId ?? '0-0');
  }

  /** Entries that a process before us, or a lost reply, left unacknowledged: first in line. */
  async function readPending(): Promise<void> {
    hasMissed = false;
    for (const stream of streams) {
      let after = '0';
      for (;;) {
        const entries = await lease.read(stream, consumer, after, READ_ENTRIES);
        if (entries.length === 0) break;
        await takeAll(stream, entries);
        after = entries.at(-1)?.[0] ?? after;
      }
    }
  }

  async function readNew(stream: string): Promise<number> {
    const entries = await lease.read(stream, consumer, '>', READ_ENTRIES);
    await takeAll(stream, entries);
    const last = entries.at(-1);
    if (last) lastIds.set(stream, last[0]);
    return entries.length;
  }

  /** Only a signal, without the group: reading for the group is the lease holder's alone. */
  async function waitForEntries(): Promise<void> {
    const ids = streams.map((stream) => lastIds.get(stream) ?? '0-0');
    const signals = await blocking.xread(
      'COUNT',
      1,
      'BLOCK',
      BLOCK_MS,
      'STREAMS',
      ...streams,
      ...ids,
    );
    for (const [stream, entries] of signals ?? []) {
      // The read that follows takes it; were it gone by then, this must not signal it for ever.
      const signalled = entries.at(-1);
      if (signalled) lastIds.set(stream, signalled[0]);
    }
  }

  async function takeAll(stream: string, entries: readonly StreamEntry[]): Promise<void> {
    for (const [id, fields] of entries) {
      while (inFlight.size >= MAX_IN_FLIGHT && !isClosing()) await room.wait(BLOCK_MS);
      const key = `${stream} ${id}`;
      if (isClosing() || inFlight.has(key)) continue;
      const taken = takeEntry(stream, id, fields).finally(() => {
        inFlight.delete(key);
        room.wake();
      });
      inFlight.set(key, taken);
    }
  }

  async function takeEntry(stream: string, id: string, fields: StreamEntry[1]): Promise<void> {
    try {
      const event = fields && decode(stream, id, fields);
      if (event) await delivery.take(event);
      await commands.xack(stream, consumer, id);
    } catch (error) {
      // Closing, or the acknowledgement was lost: the entry is pending and comes again.
      hasMissed = true;
      if (!isClosing()) log.warn({ err: error, consumer, entry: id }, 'event not acknowledged');
    }
  }

  function decode(stream: string, id: string, fields: readonly string[]) {
    try {
      return decodeEntry(fields);
    } catch (error) {
      // Foreign matter has no aggregate to wait for and would never decode: skip it, loudly.
      log.error({ err: error, stream, entry: id }, 'stream entry is not an event');
      return undefined;
    }
  }

  function pause(ms: number): Promise<void> {
    return delay(ms, undefined, { signal: closing.signal }).catch(() => undefined);
  }

  const renewal = setInterval(() => {
    // A failure shows at the next read, which Redis refuses without a lease.
    lease.prolong().catch(() => undefined);
  }, options.leaseMs / 3);
  const running = run();
  return {
    close: async () => {
      clearInterval(renewal);
      closing.abort();
      room.wake();
      blocking.disconnect();
      await Promise.all([running, delivery.close()]);
      await Promise.all(inFlight.values());
      await lease.release().catch(() => undefined);
    },
  };
}
