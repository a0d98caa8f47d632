import { Client } from 'pg';
import type { DatabaseUrls } from '../databases.ts';
import type { SubgraphName } from '../subgraph-names.ts';

/** More of one subgraph are counted, not listed. */
const LISTED = 200;

interface ParkedRow {
  readonly consumer: string;
  readonly type: string;
  readonly event_id: string;
  readonly aggregate_id: string;
  readonly error: string;
  readonly attempts: number;
  readonly parked_at: Date;
  /** Of all, listed or not. */
  readonly total: string;
}

/**
 * A line per parked event of these subgraphs, longest parked first, also of consumers that are no
 * more. Without what the events say, which is about people.
 */
export async function listParked(
  urls: DatabaseUrls,
  subgraphs: readonly SubgraphName[],
): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const name of subgraphs) {
    const rows = await parkedIn(urls[name]);
    lines.push(...rows.map((row) => `${name}: ${describe(row)}`));
    const more = Number(rows[0]?.total ?? 0) - rows.length;
    if (more > 0) lines.push(`${name}: and ${more} more`);
  }
  return lines.length > 0 ? lines : ['nothing is parked'];
}

async function parkedIn(url: string): Promise<readonly ParkedRow[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client
    .query<ParkedRow>(
      `SELECT consumer, type, event_id, aggregate_id, error, attempts, parked_at,
         count(*) OVER () AS total
       FROM parked_event ORDER BY position LIMIT $1`,
      [LISTED],
    )
    .finally(() => client.end());
  return rows;
}

function describe(row: ParkedRow): string {
  const { consumer, type, event_id, aggregate_id, attempts, parked_at } = row;
  // Errors repeat what others wrote: neither lines nor control characters of theirs reach a terminal.
  const error = row.error.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').slice(0, 300);
  const since = parked_at.toISOString();
  return `${consumer} ${type} ${event_id} of ${aggregate_id} since ${since}, ${attempts} attempts: ${error}`;
}
