import type pg from 'pg';
import { MigrationError } from './migration-error.ts';
import type { Migration } from './migration-folder.ts';

/** A database compared with its migrations folder; names in order of application. */
export interface MigrationStatus {
  readonly applied: readonly string[];
  /** In the folder, not yet in the database. */
  readonly pending: readonly string[];
  /** Applied, and changed in the folder afterwards. */
  readonly edited: readonly string[];
  /** Applied, and not in the folder. */
  readonly missing: readonly string[];
  /** Started and never finished. */
  readonly failed: readonly FailedMigration[];
}

export interface FailedMigration {
  readonly name: string;
  /** The engine's report, several lines; '' when the process died before it could write one. */
  readonly log: string;
}

interface HistoryRow {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished: boolean;
  readonly logs: string | null;
}

/** Compares by plain SQL, because the engine (5 MB of WebAssembly) is only needed to change things. */
export async function compareHistory(
  client: pg.Client,
  migrations: readonly Migration[],
): Promise<MigrationStatus> {
  const rows = await readHistory(client);
  const inFolder = new Map(migrations.map((migration) => [migration.name, migration]));
  const finished = rows.filter((row) => row.finished);
  const names = finished.map((row) => row.migration_name);
  const inDatabase = new Set(rows.map((row) => row.migration_name));
  return {
    applied: names,
    pending: [...inFolder.keys()].filter((name) => !inDatabase.has(name)),
    edited: finished
      .filter(
        (row) => (inFolder.get(row.migration_name)?.checksum ?? row.checksum) !== row.checksum,
      )
      .map((row) => row.migration_name),
    missing: names.filter((name) => !inFolder.has(name)),
    failed: rows
      .filter((row) => !row.finished)
      .map((row) => ({ name: row.migration_name, log: row.logs ?? '' })),
  };
}

async function readHistory(client: pg.Client): Promise<readonly HistoryRow[]> {
  const table = await client.query<{ name: string | null }>(
    `SELECT to_regclass('_prisma_migrations') AS name`,
  );
  if (table.rows[0]?.name == null) return [];
  const history = await client.query<HistoryRow>(
    `SELECT migration_name, checksum, finished_at IS NOT NULL AS finished, logs
       FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY migration_name`,
  );
  return history.rows;
}

/**
 * Refuses a database whose history does not fit the folder.
 * @param label names the folder in the message, e.g. `prisma/content`.
 * @throws MigrationError `failed`, `edited`, `missing`
 */
export function requireSoundHistory(status: MigrationStatus, label: string): void {
  const { failed, edited, missing } = status;
  if (failed[0]) {
    throw new MigrationError(
      'failed',
      `Migration ${failed[0].name} of ${label} failed before; correct its SQL, then run "npm run db:migrate -- <subgraph> --retry-failed".`,
    );
  }
  if (edited.length > 0) {
    throw new MigrationError(
      'edited',
      `Migration ${edited.join(', ')} of ${label} was edited after it was applied; restore it and write a new migration instead.`,
    );
  }
  if (missing.length > 0) {
    throw new MigrationError(
      'missing',
      `The database has migration ${missing.join(', ')}, which is not in ${label}; this code is older than the database.`,
    );
  }
}
