import { CivitasError } from '../errors/index.ts';

/**
 * Admits at most `limit` pieces of work at a time, first come, first served.
 *
 * @param maxWaiting how many may wait in line; the next one is refused.
 * @returns a function that runs work when its turn comes; it rejects with CivitasError
 * `SERVICE_UNAVAILABLE` when the line is full, else as the work does.
 */
export function createLimit(
  limit: number,
  maxWaiting = Number.POSITIVE_INFINITY,
): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let free = limit;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else if (waiting.length >= maxWaiting) throw new CivitasError('SERVICE_UNAVAILABLE');
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // What has finished hands its place to the next in line, so the count stays as it is.
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
