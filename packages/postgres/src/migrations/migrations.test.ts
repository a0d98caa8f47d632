import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type EmbeddedPostgres, startThrowawayPostgres } from '../embedded/index.ts';
import { diff, drift, migrate, status, writeMigration } from './index.ts';

const fixture = path.resolve(import.meta.dirname, '../../test/fixtures/library');
const begin = '20260101000000_begin';

let server: EmbeddedPostgres;
let parent: string;
let directory: string;
let url: string;
let counter = 0;
beforeAll(async () => {
  server = await startThrowawayPostgres();
  parent = await mkdtemp(path.join(tmpdir(), 'civitas-migrations-'));
});
afterAll(async () => {
  await server.stop();
  await rm(parent, { recursive: true });
});
beforeEach(async () => {
  counter += 1;
  url = server.urlFor(`library ${counter}`);
  directory = path.join(parent, `library-${counter}`);
  await cp(fixture, directory, { recursive: true });
});

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client
    .query(sql)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}

const write = (name: string, sql: string) =>
  writeMigration(directory, name, sql, new Date('2026-02-01'));

async function editSchema(from: string, to: string): Promise<void> {
  const file = path.join(directory, 'schema.prisma');
  const schema = await readFile(file, 'utf8');
  expect(schema).toContain(from);
  await writeFile(file, schema.replace(from, to));
}

test('with nothing to do, the engine is not even loaded', async () => {
  // In a process of its own: the engine, once loaded, stays.
  const loadedAfterMigrating = async () => {
    const script = path.resolve(import.meta.dirname, '../../test/migrate-and-tell.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [script, url, directory]);
    return stdout.trim();
  };
  await rm(path.join(directory, 'migrations'), { recursive: true });
  expect(await loadedAfterMigrating()).toBe('false');
  await cp(fixture, directory, { recursive: true });
  expect(await loadedAfterMigrating()).toBe('true');
});

test('an empty server gets the database, whole, and no drift remains', async () => {
  expect(await status({ url, directory })).toMatchObject({ applied: [], pending: [begin] });
  expect(await migrate({ url, directory })).toEqual({ applied: [begin] });
  expect(await migrate({ url, directory })).toEqual({ applied: [] });
  expect(await status({ url, directory })).toMatchObject({ applied: [begin], pending: [] });
  expect(await drift({ url, directory })).toBe('');
  expect(await diff({ directory, shadowUrl: server.adminUrl })).toBe('');
  // The function of the fixture holds semicolons; it must arrive in one piece.
  await query(`INSERT INTO book (id, title, isbn) VALUES ('b', 'Emma', '1')`);
  await query(`INSERT INTO loan (id, book_id, fee) VALUES ('l', 'b', 1)`);
  await expect(query(`UPDATE loan SET fee = 2`)).rejects.toThrow(
    'a loan is final; write a new one',
  );
});

test('drift says what a hand has changed', async () => {
  await migrate({ url, directory });
  await query('ALTER TABLE book ADD COLUMN stray text');
  expect(await drift({ url, directory })).toContain('DROP COLUMN "stray"');
});

test('diff writes what the schema asks for and leaves no shadow database', async () => {
  await editSchema('title    String', 'title    String\n  subtitle String?');
  const sql = await diff({ directory, shadowUrl: server.adminUrl });
  expect(sql).toBe('-- AlterTable\nALTER TABLE "book" ADD COLUMN     "subtitle" TEXT;\n');
  const file = await write('add_subtitle', sql);
  expect(path.relative(directory, file)).toBe(
    'migrations/20260201000000_add_subtitle/migration.sql',
  );
  expect(await diff({ directory, shadowUrl: server.adminUrl })).toBe('');
  expect(await migrate({ url, directory })).toMatchObject({ applied: { length: 2 } });
  expect(await drift({ url, directory })).toBe('');
  expect(await query(`SELECT datname FROM pg_database WHERE datname LIKE '%shadow%'`)).toEqual([]);
});

test('an invalid schema and an invalid name are refused', async () => {
  await editSchema('fee    BigInt', 'fee    Wrong');
  const invalid = diff({ directory, shadowUrl: server.adminUrl });
  await expect(invalid).rejects.toMatchObject({ code: 'schema', message: /Wrong/ });
  await expect(write('Bad name', '')).rejects.toMatchObject({ code: 'folder' });
});

test('an edited migration is refused by name', async () => {
  await migrate({ url, directory });
  await writeFile(path.join(directory, 'migrations', begin, 'migration.sql'), 'SELECT 1;');
  await write('more', 'CREATE TABLE never (n int);');
  await expect(migrate({ url, directory })).rejects.toMatchObject({
    code: 'edited',
    message: expect.stringContaining(begin),
  });
  expect(await query(`SELECT to_regclass('never') AS never`)).toEqual([{ never: null }]);
});

test('a migration the folder no longer has is refused by name', async () => {
  await migrate({ url, directory });
  await rm(path.join(directory, 'migrations', begin), { recursive: true });
  await expect(migrate({ url, directory })).rejects.toMatchObject({
    code: 'missing',
    message: expect.stringContaining(begin),
  });
});

test('a failing migration rolls back whole, blocks the next run by name, and can be retried', async () => {
  await migrate({ url, directory });
  const file = await write('half', 'CREATE TABLE half (n int);\nSELECT 1 / 0;');
  await expect(migrate({ url, directory })).rejects.toMatchObject({
    code: 'apply-failed',
    message: expect.stringMatching(/20260201000000_half .*division by zero/),
  });
  expect(await query(`SELECT to_regclass('half') AS half`)).toEqual([{ half: null }]);
  await expect(migrate({ url, directory })).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringContaining('20260201000000_half'),
  });
  await writeFile(file, 'CREATE TABLE half (n int);');
  expect(await migrate({ url, directory, retryFailed: true })).toMatchObject({
    applied: ['20260201000000_half'],
  });
  expect(await migrate({ url, directory })).toEqual({ applied: [] });
});

test('migrators at the same time, on a database that does not exist yet, apply once', async () => {
  const results = await Promise.all([1, 2, 3].map(() => migrate({ url, directory })));
  expect(results.flatMap(({ applied }) => applied)).toEqual([begin]);
  expect(await query('SELECT count(*)::int AS n FROM _prisma_migrations')).toEqual([{ n: 1 }]);
});

test('kill -9 in the middle of a migration: it is applied once, by the server or by the next run', async () => {
  await migrate({ url, directory });
  await write('slow', 'CREATE TABLE slow (n int);\nSELECT pg_sleep(0.5);');
  const script = path.resolve(import.meta.dirname, '../../test/migrate-once.ts');
  const child = spawn(process.execPath, [script, url, directory]);
  const running = () =>
    query(
      `SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()`,
    );
  while ((await running()).length === 0) expect(child.exitCode).toBeNull();
  child.kill('SIGKILL');
  await once(child, 'exit');
  // The server does not notice that nobody waits any more, and commits.
  while ((await running()).length > 0);
  expect(await migrate({ url, directory })).toEqual({ applied: [] });
  expect(await status({ url, directory })).toMatchObject({ applied: { length: 2 }, failed: [] });

  // And if it had not: started, nothing committed, nothing logged.
  await query(
    `DROP TABLE slow; UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name LIKE '%slow'`,
  );
  expect(await migrate({ url, directory })).toMatchObject({ applied: { length: 1 } });
  expect(await query('SELECT n FROM slow')).toEqual([]);
});

test('a statement that refuses transactions can be a migration of its own', async () => {
  await migrate({ url, directory });
  await write('index', 'CREATE INDEX CONCURRENTLY raw_book_shelf ON book (shelf)');
  expect(await migrate({ url, directory })).toMatchObject({ applied: { length: 1 } });
  expect(await migrate({ url, directory })).toEqual({ applied: [] });
});

test('a folder without its migration.sql and a server that is away are refused', async () => {
  await mkdir(path.join(directory, 'migrations/20260301000000_empty'));
  await expect(migrate({ url, directory })).rejects.toMatchObject({ code: 'folder' });
  const away = migrate({ url: 'postgresql://u:p@127.0.0.1:1/x', directory: fixture });
  await expect(away).rejects.toMatchObject({ code: 'database', message: /127\.0\.0\.1:1/ });
});
