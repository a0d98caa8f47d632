import { Pool } from 'undici';

interface Round {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds of each request. */
  readonly latencies: readonly number[];
}

/**
 * Sends the same operation over a number of connections for a while, each connection one request
 * after the other.
 *
 * @throws Error at the first answer that is not whole: speed without data is no speed.
 */
export async function load(
  url: string,
  body: string,
  connections: number,
  seconds: number,
): Promise<Round> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections });
  const latencies: number[] = [];
  const startedAt = performance.now();
  const end = startedAt + seconds * 1000;
  const client = async () => {
    while (performance.now() < end) {
      const sentAt = performance.now();
      const answer = await pool.request({
        method: 'POST',
        path: pathname,
        headers: { 'content-type': 'application/json' },
        body,
      });
      const text = await answer.body.text();
      if (answer.statusCode !== 200 || text.includes('"errors"')) {
        throw new Error(`${answer.statusCode}: ${text.slice(0, 500)}`);
      }
      latencies.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  const elapsed = (performance.now() - startedAt) / 1000;
  await pool.close();
  return { requests: latencies.length, seconds: elapsed, latencies };
}
