import { type Audits, loadInBulk } from '@civitas/postgres/bulk';
import pg from 'pg';

/** What fills some tables of one database, and what an auditor asks afterwards: see `BulkLoad`. */
export interface Load {
  readonly tables: readonly string[];
  readonly statements: readonly string[];
  readonly audits: Audits;
}

/** @throws Error where an audit finds anything. */
export async function load(url: string, { tables, statements, audits }: Load): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`SET hash_mem_multiplier = 4; SELECT setseed(0.25)`);
    const fill = async () => {
      for (const statement of statements) await client.query(statement);
    };
    await loadInBulk(client, { tables, fill, audits });
    await client.query(`VACUUM ANALYZE ${tables.join(', ')}`);
  } finally {
    await client.end();
  }
}
