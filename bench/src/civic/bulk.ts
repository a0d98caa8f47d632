import pg from 'pg';

/** What fills some tables of one database, and what an auditor asks afterwards. */
export interface Load {
  readonly tables: readonly string[];
  readonly statements: readonly string[];
  /** Each answers one row per thing that is wrong. */
  readonly audits: Readonly<Record<string, string>>;
}

interface Named {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

/**
 * Fills empty tables as a restored dump is loaded: in one transaction that empties them first, so that
 * nothing goes through the log, without triggers, foreign keys and whatever index can be made again.
 * Postgres then makes the indexes and checks every foreign key anew; checks held all along. What only
 * triggers would have seen is asked by the audits.
 *
 * @throws Error where an audit finds anything.
 */
export async function loadInBulk(url: string, load: Load): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const tables = load.tables.join(', ');
  try {
    await client.query(`SET maintenance_work_mem = '1GB'; SET work_mem = '512MB';
      SET hash_mem_multiplier = 4; SET statement_timeout = 0; SELECT setseed(0.25)`);
    await client.query(`BEGIN; SET LOCAL session_replication_role = replica`);
    const foreignKeys = await dropForeignKeys(client, load.tables);
    const { constraints, indexes } = await dropIndexes(client, load.tables);
    await client.query(`TRUNCATE ${tables} CASCADE`);
    for (const statement of load.statements) await client.query(statement);
    await client.query(`SET LOCAL session_replication_role = origin; ANALYZE ${tables}`);
    for (const { definition } of indexes) await client.query(definition);
    for (const constraint of [...constraints, ...foreignKeys]) await restore(client, constraint);
    await client.query('COMMIT');
    await client.query(`VACUUM ANALYZE ${tables}`);
    for (const [rule, audit] of Object.entries(load.audits)) {
      const { rows } = await client.query(`SELECT * FROM (${audit}) AS wrong LIMIT 3`);
      if (rows.length > 0) throw new Error(`${rule}: ${JSON.stringify(rows)}`);
    }
  } finally {
    await client.end();
  }
}

function restore(client: pg.Client, { table, name, definition }: Named) {
  return client.query(`ALTER TABLE ${table} ADD CONSTRAINT "${name}" ${definition}`);
}

async function dropForeignKeys(client: pg.Client, tables: readonly string[]): Promise<Named[]> {
  const { rows } = await client.query<Named>(
    `SELECT conrelid::regclass::text AS table, conname AS name, pg_get_constraintdef(oid) AS definition
     FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY ($1)`,
    [tables],
  );
  for (const key of rows) await dropConstraint(client, key);
  return rows;
}

/** All but those that foreign keys of other tables rest on. */
async function dropIndexes(client: pg.Client, tables: readonly string[]) {
  const free = `indrelid::regclass::text = ANY ($1) AND NOT EXISTS (
    SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype = 'f')`;
  const { rows: constraints } = await client.query<Named>(
    `SELECT indrelid::regclass::text AS table, conname AS name, pg_get_constraintdef(oid) AS definition
     FROM pg_index JOIN pg_constraint ON conindid = indexrelid AND contype IN ('p', 'u') WHERE ${free}`,
    [tables],
  );
  for (const constraint of constraints) await dropConstraint(client, constraint);
  const { rows: indexes } = await client.query<Named>(
    `SELECT indrelid::regclass::text AS table, indexrelid::regclass::text AS name,
       pg_get_indexdef(indexrelid) AS definition
     FROM pg_index WHERE ${free} AND NOT EXISTS (
       SELECT FROM pg_constraint WHERE conindid = indexrelid)`,
    [tables],
  );
  for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
  return { constraints, indexes };
}

function dropConstraint(client: pg.Client, { table, name }: Named) {
  return client.query(`ALTER TABLE ${table} DROP CONSTRAINT "${name}"`);
}
