import type { Redis } from 'ioredis';
import { groupsOf, isBefore, oldestPending } from './stream-trim.ts';

const PAGE = 500;

/**
 * Deletes the entries of a stream that hold a word and that every group has acknowledged. It reads the
 * whole stream, a page at a time.
 */
export async function forgetInStream(redis: Redis, stream: string, word: string): Promise<void> {
  if ((await redis.exists(stream)) === 0) return;
  const isTaken = await takenByAll(redis, stream);
  for (let from = '-'; ; ) {
    const entries = await redis.xrange(stream, from, '+', 'COUNT', PAGE);
    const forgotten = entries
      .filter(([id, fields]) => isTaken(id) && fields.some((field) => field.includes(word)))
      .map(([id]) => id);
    if (forgotten.length > 0) await redis.xdel(stream, ...forgotten);
    const last = entries.at(-1)?.[0];
    if (last === undefined || entries.length < PAGE) return;
    from = `(${last}`;
  }
}

/** What is acknowledged now stays so: groups only move forward. */
async function takenByAll(redis: Redis, stream: string): Promise<(id: string) => boolean> {
  const groups = await Promise.all(
    (await groupsOf(redis, stream)).map(async (group) => {
      const oldest = await oldestPending(redis, stream, group);
      return (id: string) => (oldest ? isBefore(id, oldest) : !isBefore(group.lastDeliveredId, id));
    }),
  );
  return (id) => groups.every((hasTaken) => hasTaken(id));
}
