import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DiffTarget, SchemaContainer } from '@prisma/schema-engine-wasm';
import { MigrationError, tellingLine } from './migration-error.ts';
import { lockfile, migrationsIn, readMigrations } from './migration-folder.ts';
import { migrationList, noFilters, schemaFiles, withSchemaEngine } from './schema-engine.ts';

interface DiffOptions {
  /** The folder of one subgraph, `prisma/<subgraph>`. */
  readonly directory: string;
  /** Default: `<directory>/schema.prisma`. */
  readonly schemaPath?: string;
}

/**
 * The SQL that leads from the migrations folder to the Prisma schema; '' when they agree.
 *
 * The migrations are replayed into a shadow database, which is created for it and dropped.
 * @param options.shadowUrl any database of a server where databases may be created; not changed.
 * @throws MigrationError `folder`, `schema`, `database`
 */
export async function diff(options: DiffOptions & { shadowUrl: string }): Promise<string> {
  const migrations = await readMigrations(options.directory);
  return difference(options, options.shadowUrl, () => ({
    tag: 'migrations',
    ...migrationList(options.directory, migrations),
  }));
}

/**
 * The SQL that leads from a live database to the Prisma schema; '' when nothing has drifted.
 *
 * Compares what a Prisma schema can express: tables, columns, keys, enums, indexes. Triggers,
 * functions, CHECK and EXCLUDE constraints, views, extensions and indexes on expressions are not
 * seen, nor are indexes whose name starts with `raw_` (see `withoutRawIndexes`).
 * @throws MigrationError `schema`, `database`
 */
export async function drift(options: DiffOptions & { url: string }): Promise<string> {
  return difference(options, options.url, (files) => ({
    tag: 'schemaDatasource',
    files,
    configDir: options.directory,
  }));
}

async function difference(
  { directory, schemaPath = path.join(directory, 'schema.prisma') }: DiffOptions,
  url: string,
  from: (files: SchemaContainer[]) => DiffTarget,
): Promise<string> {
  const files = await schemaFiles(schemaPath).catch((cause) => {
    throw new MigrationError('schema', `${schemaPath} cannot be read.`, { cause });
  });
  const to = { tag: 'schemaDatamodel', files } as const;
  try {
    const { stdout, exitCode } = await withSchemaEngine(url, (engine) =>
      engine.diff({ from: from(files), to, script: true, exitCode: true, filters: noFilters }),
    );
    return exitCode === 0 ? '' : withoutRawIndexes(stdout ?? '');
  } catch (cause) {
    if (cause instanceof MigrationError) throw cause;
    throw new MigrationError('schema', `${schemaPath} or its migrations: ${tellingLine(cause)}`, {
      cause,
    });
  }
}

/**
 * Indexes a Prisma schema cannot express (INCLUDE columns, ...) are written by hand in a migration
 * under a name that starts with `raw_`; Prisma would drop them as unknown. Partial indexes
 * (`where: raw("…")`, preview feature `partialIndexes`) and operator classes can be expressed, and
 * should be.
 */
function withoutRawIndexes(sql: string): string {
  const kept = sql.replace(/-- DropIndex\nDROP INDEX (?:"[^"]+"\.)?"raw_[^"]*";\n\n?/g, '');
  return kept.trim() === '' ? '' : `${kept.trim()}\n`;
}

/** What a migration may be called behind its timestamp. */
const migrationName = /^[a-z0-9]+(_[a-z0-9]+)*$/;

/**
 * Writes a migration into the folder, with Prisma's lock file when it is the first.
 * @param now becomes the timestamp of its name, in UTC.
 * @returns the path of the new migration.sql
 * @throws MigrationError `folder` for a name that is not snake_case or longer than 60 characters.
 */
export async function writeMigration(
  directory: string,
  name: string,
  sql: string,
  now: Date,
): Promise<string> {
  if (!migrationName.test(name) || name.length > 60) {
    throw new MigrationError('folder', `"${name}" is no migration name; use snake_case.`);
  }
  const stamp = now.toISOString().replace(/\D/g, '').slice(0, 14);
  const folder = path.join(migrationsIn(directory), `${stamp}_${name}`);
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'migration.sql');
  await writeFile(file, sql, { flag: 'wx' });
  await writeFile(path.join(migrationsIn(directory), lockfile.name), lockfile.content, {
    flag: 'wx',
  }).catch((error) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return file;
}
