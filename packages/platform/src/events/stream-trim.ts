import type { Redis } from 'ioredis';

/**
 * Deletes the entries of a stream that are past retention **and** acknowledged by every group. A
 * group that no process reads any more keeps its entries until an operator destroys it.
 *
 * What is computed before the trim stays true until it runs: groups only move forward.
 */
export async function trimStream(redis: Redis, stream: string, retentionMs: number): Promise<void> {
  if ((await redis.exists(stream)) === 0) return;
  const [seconds = 0, microseconds = 0] = (await redis.time()).map(Number);
  let keepFrom = `${seconds * 1000 + Math.floor(microseconds / 1000) - retentionMs}-0`;
  for (const group of await groupsOf(redis, stream)) {
    const needed = (await oldestPending(redis, stream, group)) ?? group.lastDeliveredId;
    if (isBefore(needed, keepFrom)) keepFrom = needed;
  }
  // `~` lets Redis drop whole nodes only: fewer than allowed, never more.
  await redis.xtrim(stream, 'MINID', '~', keepFrom);
}

/** Null when the group has acknowledged everything up to its `lastDeliveredId`, if only meanwhile. */
export async function oldestPending(
  redis: Redis,
  stream: string,
  { name, pending }: StreamGroup,
): Promise<string | null> {
  if (pending === 0) return null;
  const [, oldest] = (await redis.xpending(stream, name)) as [number, string | null];
  return oldest;
}

/** As it was when it was asked for; it has only moved forward since. */
interface StreamGroup {
  readonly name: string;
  readonly pending: number;
  readonly lastDeliveredId: string;
}

export async function groupsOf(redis: Redis, stream: string): Promise<StreamGroup[]> {
  const replies = (await redis.xinfo('GROUPS', stream)) as unknown[][];
  return replies.map((reply) => {
    const field = (name: string) => reply[reply.indexOf(name) + 1];
    return {
      name: String(field('name')),
      pending: Number(field('pending')),
      lastDeliveredId: String(field('last-delivered-id')),
    };
  });
}

/** Ids are `<milliseconds>-<sequence>`, both below 2^64. */
export function isBefore(left: string, right: string): boolean {
  const [leftMs = '0', leftSequence = '0'] = left.split('-');
  const [rightMs = '0', rightSequence = '0'] = right.split('-');
  const byTime = BigInt(leftMs) - BigInt(rightMs);
  return byTime === 0n ? BigInt(leftSequence) < BigInt(rightSequence) : byTime < 0n;
}
