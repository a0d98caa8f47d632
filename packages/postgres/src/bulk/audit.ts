import type { ClientBase } from 'pg';

/** By what should hold in a database, a query that answers one row per thing that is wrong. */
export type Audits = Readonly<Record<string, string>>;

/**
 * Asks a whole database what must hold in it.
 *
 * @throws Error that names the first rule that does not, with up to three of the rows that break it.
 */
export async function audit(client: ClientBase, audits: Audits): Promise<void> {
  for (const [rule, query] of Object.entries(audits)) {
    const { rows } = await client.query(`SELECT * FROM (${query}) AS wrong LIMIT 3`);
    if (rows.length > 0) throw new Error(`${rule}: ${JSON.stringify(rows)}`);
  }
}
