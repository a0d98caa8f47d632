import pg from 'pg';
import { MigrationError } from './migration-error.ts';

const connectTimeoutMs = 10_000;

/**
 * Runs `use` with one connection and closes it afterwards.
 * @throws MigrationError `database` when the server cannot be reached or refuses us, except when
 * only the database does not exist: then the `pg` error with code 3D000.
 */
export async function withClient<Result>(
  url: string,
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: 'civitas-migrations',
  });
  // A connection that breaks while idle is reported by the next query.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    if (isMissingDatabase(error)) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const { host } = new URL(url);
    throw new MigrationError('database', `No database at ${host}: ${message || code}`, {
      cause: error,
    });
  }
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

export const isMissingDatabase = (error: unknown) => sqlStateOf(error) === '3D000';

const sqlStateOf = (error: unknown) => (error instanceof pg.DatabaseError ? error.code : undefined);

/**
 * Creates the database of the URL unless it exists. Text compares as bytes in it, which ids and
 * keyset cursors rely on, whatever the server's own locale is.
 */
export async function ensureDatabase(url: string): Promise<void> {
  const { admin, database } = adminOf(url);
  await withClient(admin, async (client) => {
    const { rows } = await client.query<{ builtin: boolean; present: boolean }>(
      `SELECT current_setting('server_version_num')::int >= 170000 AS builtin,
              EXISTS (SELECT FROM pg_database WHERE datname = $1) AS present`,
      [database],
    );
    if (rows[0]?.present) return;
    const locale = rows[0]?.builtin
      ? `LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'`
      : `LC_COLLATE 'C'`;
    const name = client.escapeIdentifier(database);
    await client
      .query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' ${locale}`)
      .catch((error) => {
        // Two processes at once: duplicate_database, or the catalogue's unique index.
        if (!['42P04', '23505'].includes(sqlStateOf(error) ?? '')) throw error;
      });
  });
}

/** Drops the database of the URL, ending every session in it; no error when it does not exist. */
export async function dropDatabase(url: string): Promise<void> {
  const { admin, database } = adminOf(url);
  await withClient(admin, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(database)} WITH (FORCE)`);
  });
}

/** The same server's maintenance database, and the name in the URL. */
function adminOf(url: string): { admin: string; database: string } {
  const database = decodeURIComponent(new URL(url).pathname.slice(1));
  if (database === '') throw new MigrationError('database', 'The database URL names no database.');
  return { admin: urlOfDatabase(url, 'postgres'), database };
}

/** The URL of another database of the same server. */
export function urlOfDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other.href;
}
