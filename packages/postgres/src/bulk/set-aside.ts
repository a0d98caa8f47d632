import type { ClientBase } from 'pg';

/** A constraint of a table, or an index, with the words that make it again. */
interface Named {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

/** Makes a constraint again, which reads the whole table. */
export async function restore(
  client: ClientBase,
  { table, name, definition }: Named,
): Promise<void> {
  await client.query(`ALTER TABLE ${table} ADD CONSTRAINT "${name}" ${definition}`);
}

/** Those by which these tables refer to others. */
export async function dropForeignKeys(
  client: ClientBase,
  tables: readonly string[],
): Promise<Named[]> {
  const { rows } = await client.query<Named>(
    `SELECT conrelid::regclass::text AS table, conname AS name, pg_get_constraintdef(oid) AS definition
     FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY ($1)`,
    [tables],
  );
  for (const key of rows) await dropConstraint(client, key);
  return rows;
}

/** All but those that foreign keys of other tables rest on. */
export async function dropIndexes(client: ClientBase, tables: readonly string[]) {
  const free = `indrelid::regclass::text = ANY ($1) AND NOT EXISTS (
    SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype = 'f')`;
  const { rows: constraints } = await client.query<Named>(
    `SELECT indrelid::regclass::text AS table, conname AS name, pg_get_constraintdef(oid) AS definition
     FROM pg_index JOIN pg_constraint ON conindid = indexrelid AND contype IN ('p', 'u', 'x') WHERE ${free}`,
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

async function dropConstraint(client: ClientBase, { table, name }: Named): Promise<void> {
  await client.query(`ALTER TABLE ${table} DROP CONSTRAINT "${name}"`);
}
