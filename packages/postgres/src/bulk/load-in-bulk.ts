import type { ClientBase } from 'pg';
import { type Audits, audit } from './audit.ts';
import { dropForeignKeys, dropIndexes, restore } from './set-aside.ts';

/** What fills some tables of one database, and what an auditor asks afterwards. */
export interface BulkLoad {
  /** As SQL writes them, with quotes where they need any: all that are written. */
  readonly tables: readonly string[];
  /** Writes the rows. No trigger of theirs runs, and nothing finds a row by an index. */
  readonly fill: (client: ClientBase) => Promise<void>;
  /** Asked when the rows are in. */
  readonly audits: Audits;
  /** Told what is done when the rows are in. */
  readonly onStep?: (step: 'indexes' | 'audits') => void;
}

/** Sorting for an index uses up to this, in each of two connections and their helpers. */
const SORT_MEMORY = '256MB';

/**
 * Fills tables as a restored dump is loaded: in one transaction, of which nothing is left if it breaks
 * off, and which begins with emptying them, so that a server with `wal_level = minimal` logs no row;
 * without triggers, foreign keys and indexes. Those are made again afterwards, which checks every foreign
 * key; CHECKs held all along. What only triggers would have refused is asked by the audits, and what they
 * would have written `fill` has to write.
 *
 * @param client of the tables' owner, outside a transaction; it is inside none afterwards.
 * @throws Error where an audit finds anything, and whatever `fill` and Postgres throw. Nothing has changed then.
 */
export async function loadInBulk(client: ClientBase, load: BulkLoad): Promise<void> {
  const tables = load.tables.join(', ');
  await client.query('BEGIN');
  try {
    await client.query(`SET LOCAL maintenance_work_mem = '${SORT_MEMORY}';
      SET LOCAL work_mem = '${SORT_MEMORY}'; SET LOCAL statement_timeout = 0`);
    const foreignKeys = await dropForeignKeys(client, load.tables);
    const { constraints, indexes } = await dropIndexes(client, load.tables);
    await switchTriggers(client, load.tables, 'DISABLE');
    await client.query(`TRUNCATE ${tables} CASCADE`);
    await load.fill(client);
    load.onStep?.('indexes');
    await switchTriggers(client, load.tables, 'ENABLE');
    await client.query(`ANALYZE ${tables}`);
    for (const { definition } of indexes) await client.query(definition);
    for (const constraint of [...constraints, ...foreignKeys]) await restore(client, constraint);
    load.onStep?.('audits');
    await audit(client, load.audits);
    await client.query('COMMIT');
  } catch (error) {
    // Where the connection is gone, the server has done it.
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** Those that we wrote: Postgres' own, of foreign keys, go with these. */
async function switchTriggers(
  client: ClientBase,
  tables: readonly string[],
  how: 'DISABLE' | 'ENABLE',
): Promise<void> {
  for (const table of tables) await client.query(`ALTER TABLE ${table} ${how} TRIGGER USER`);
}
