import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import {
  compareHistory,
  type FailedMigration,
  type MigrationStatus,
  requireSoundHistory,
} from './history.ts';
import { MigrationError, tellingLine } from './migration-error.ts';
import { type Migration, readMigrations } from './migration-folder.ts';
import { ensureDatabase, isMissingDatabase, withClient } from './postgres-client.ts';
import { migrationList, noFilters, withSchemaEngine } from './schema-engine.ts';

export interface MigrationTarget {
  /** The database; `migrate` creates it when it does not exist. */
  readonly url: string;
  /** The folder of one subgraph, `prisma/<subgraph>`, which holds `migrations/`. */
  readonly directory: string;
}

export interface MigrateOptions extends MigrationTarget {
  /** Tries again what failed in an earlier run. Safe: a failed migration was rolled back whole. */
  readonly retryFailed?: boolean;
}

/**
 * Brings a database up to its migrations folder, each migration in a transaction of its own.
 * Processes that do this at the same time take turns, and the later ones find nothing to do. What
 * a killed process left unfinished was not committed, and is applied again.
 *
 * With nothing to do it costs one connection and two queries.
 * @throws MigrationError
 */
export async function migrate(options: MigrateOptions): Promise<{ applied: readonly string[] }> {
  const migrations = await readMigrations(options.directory);
  return withClientOfNew(options.url, async (client) => {
    const first = await compareHistory(client, migrations);
    if (first.pending.length + first.failed.length === 0) {
      requireSoundHistory(first, options.directory);
      return { applied: [] };
    }
    // Only from here on: an unfinished migration may be one that another process is applying.
    await takeTurn(client);
    const now = await compareHistory(client, migrations);
    const retried = now.failed.filter(({ log }) => options.retryFailed || log === '');
    const failed = now.failed.filter((each) => !retried.includes(each));
    requireSoundHistory({ ...now, failed }, options.directory);
    if (now.pending.length + retried.length === 0) return { applied: [] };
    return apply(client, options, migrations, retried);
  });
}

/** Compares without changing anything; a database that does not exist has everything pending. */
export async function status(target: MigrationTarget): Promise<MigrationStatus> {
  const migrations = await readMigrations(target.directory);
  try {
    return await withClient(target.url, (client) => compareHistory(client, migrations));
  } catch (error) {
    if (!isMissingDatabase(error)) throw error;
    const pending = migrations.map(({ name }) => name);
    return { applied: [], pending, edited: [], missing: [], failed: [] };
  }
}

async function apply(
  client: pg.Client,
  { url, directory }: MigrationTarget,
  migrations: readonly Migration[],
  retried: readonly FailedMigration[],
): Promise<{ applied: readonly string[] }> {
  try {
    return await withSchemaEngine(url, async (engine) => {
      for (const { name } of retried) {
        await engine.markMigrationRolledBack({ migrationName: name });
      }
      const migrationsList = migrationList(directory, migrations);
      const result = await engine.applyMigrations({ migrationsList, filters: noFilters });
      return { applied: result.appliedMigrationNames };
    });
  } catch (cause) {
    const [failed] = (await compareHistory(client, migrations)).failed;
    const what = failed ? `Migration ${failed.name} of ${path.normalize(directory)}` : 'Migrating';
    throw new MigrationError(
      'apply-failed',
      `${what} failed and was rolled back: ${tellingLine(cause)}`,
      { cause },
    );
  }
}

async function withClientOfNew<Result>(
  url: string,
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  try {
    return await withClient(url, use);
  } catch (error) {
    if (!isMissingDatabase(error)) throw error;
    await ensureDatabase(url);
    return withClient(url, use);
  }
}

/** "civitas" as a number; must differ from the key the engine itself locks. */
const lockKey = 0x63697669;
const lockPatienceMs = 60_000;

/**
 * Waits for the advisory lock, which ends with the connection. Asking again and again instead of
 * waiting inside Postgres, because a waiting query would block CREATE INDEX CONCURRENTLY for ever.
 */
async function takeTurn(client: pg.Client): Promise<void> {
  const deadline = performance.now() + lockPatienceMs;
  while (performance.now() < deadline) {
    const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS taken', [lockKey]);
    if (rows[0]?.taken) return;
    await delay(50);
  }
  throw new MigrationError(
    'locked',
    `Another process has been migrating this database for ${lockPatienceMs / 1000} s; see what it does, then try again.`,
  );
}
