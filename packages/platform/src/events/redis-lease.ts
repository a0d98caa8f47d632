import type { Redis } from 'ioredis';

const PROLONG = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0`;

const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/** Redis itself refuses the read of a process that was paused past its lease. */
const READ = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return redis.error_reply('LEASELOST') end
return redis.call('XREADGROUP', 'GROUP', ARGV[2], ARGV[2], 'COUNT', ARGV[3], 'STREAMS', KEYS[2], ARGV[4])`;

/** An entry of a stream as Redis gives it; `fields` is null when the entry was deleted. */
export type StreamEntry = readonly [id: string, fields: readonly string[] | null];

interface LeaseOptions {
  readonly redis: Redis;
  readonly key: string;
  /** Unique per process and subscription. */
  readonly owner: string;
  readonly leaseMs: number;
}

/**
 * The right of one process to read for a consumer group. Replicas of a subgraph share the group;
 * if two read at once, two events of one aggregate could be applied in the wrong order.
 */
export interface Lease {
  /** Takes it when nobody has it. True also when it is ours already. */
  acquire(): Promise<boolean>;
  /** Never takes it back once it was lost: whoever had it in between may have left work behind. */
  prolong(): Promise<void>;
  release(): Promise<void>;
  /**
   * Reads for the group if, at that instant, the lease is ours.
   *
   * @param after `>` for entries nobody has read, or an id for read and unacknowledged ones after it.
   * @throws Error `LEASELOST`.
   */
  read(stream: string, group: string, after: string, count: number): Promise<StreamEntry[]>;
}

export function createLease({ redis, key, owner, leaseMs }: LeaseOptions): Lease {
  return {
    acquire: async () =>
      (await redis.set(key, owner, 'PX', leaseMs, 'NX')) === 'OK' ||
      (await redis.get(key)) === owner,
    prolong: async () => {
      await redis.eval(PROLONG, 1, key, owner, leaseMs);
    },
    release: async () => {
      await redis.eval(RELEASE, 1, key, owner);
    },
    read: async (stream, group, after, count) => {
      const reply = await redis.eval(READ, 2, key, stream, owner, group, count, after);
      const streams = (reply ?? []) as [string, StreamEntry[]][];
      return streams[0]?.[1] ?? [];
    },
  };
}
