import pg from 'pg';

/**
 * Runs statements that fill tables, as a restored dump is loaded: without triggers and foreign keys,
 * and with the indexes that are not constraints made again afterwards. What is loaded has to be right
 * by itself.
 */
export async function loadInBulk(
  url: string,
  tables: readonly string[],
  statements: readonly string[],
): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`SET session_replication_role = replica; SET maintenance_work_mem = '512MB';
      SET work_mem = '256MB'; SET statement_timeout = 0; SELECT setseed(0.25)`);
    const { rows: indexes } = await client.query<{ name: string; definition: string }>(
      `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
       FROM pg_index WHERE indrelid::regclass::text = ANY ($1)
         AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)`,
      [tables],
    );
    for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
    for (const statement of statements) await client.query(statement);
    for (const { definition } of indexes) await client.query(definition);
    await client.query(`VACUUM ANALYZE ${tables.join(', ')}`);
  } finally {
    await client.end();
  }
}
