import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@civitas/postgres/embedded';
import { Client } from 'pg';
import { createDatabase, type Database } from '../src/database/index.ts';
import { PrismaClient } from './generated/prisma/client.ts';

export type TestDatabase = Database<PrismaClient>;

/** A real Postgres for one test file, and as many databases with our tables as it asks for. */
export interface TestServer {
  newDatabase(): Promise<TestDatabase>;
  stop(): Promise<void>;
}

const TEMPLATE = 'platform_template';

export async function startTestServer(): Promise<TestServer> {
  const directory = await mkdtemp(join(tmpdir(), 'civitas-platform-'));
  const server = await startEmbeddedPostgres({
    dataDirectory: join(directory, 'data'),
    durable: false,
  });
  await query(server.adminUrl, `CREATE DATABASE ${TEMPLATE}`);
  const tables = await readFile(new URL('./tables.sql', import.meta.url), 'utf8');
  await query(server.urlFor(TEMPLATE), tables);
  const opened: TestDatabase[] = [];
  return {
    newDatabase: async () => {
      const name = `test_${randomUUID().replaceAll('-', '')}`;
      await query(server.adminUrl, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
      const database = openTestDatabase(server.urlFor(name));
      opened.push(database);
      return database;
    },
    stop: async () => {
      await Promise.all(opened.map((database) => database.close()));
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Empties a database between tests. */
export async function clear({ client }: TestDatabase): Promise<void> {
  await client.$executeRaw`TRUNCATE outbox, inbox, parked_event, effect, account RESTART IDENTITY`;
}

/** The same client that the tests and their child processes use. */
export function openTestDatabase(url: string): TestDatabase {
  return createDatabase({ url, createClient: (adapter) => new PrismaClient({ adapter }) });
}

async function query(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
