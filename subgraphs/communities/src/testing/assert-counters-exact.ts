import type { ClientBase } from 'pg';
import { audits } from '../audits.ts';

/** @throws Error naming the counters that differ from their rows, anywhere in the database. */
export async function assertCountersExact(client: ClientBase): Promise<void> {
  for (const [rule, query] of Object.entries(audits)) {
    const { rows } = await client.query<{ id: string }>(query);
    const ids = rows.map(({ id }) => id).join(', ');
    if (ids !== '') throw new Error(`not true that ${rule}: ${ids}`);
  }
}
