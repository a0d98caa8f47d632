import { randomUUID } from 'node:crypto';
import { drift, dropDatabase, ensureDatabase, urlOfDatabase } from '@civitas/postgres/migrations';
import { Client } from 'pg';
import { inject } from 'vitest';
import { openTestDatabase, type TestDatabase } from './open-test-database.ts';

export { clear, type TestDatabase } from './open-test-database.ts';

/** As many databases with the tables of `schema.prisma` as one test file asks for. */
export interface TestServer {
  newDatabase(): Promise<TestDatabase>;
  stop(): Promise<void>;
}

/** Makes databases on the Postgres of this test run. */
export async function startTestServer(): Promise<TestServer> {
  const { adminUrl } = inject('testPostgres');
  const template = newName();
  const templateUrl = urlOfDatabase(adminUrl, template);
  await ensureDatabase(templateUrl);
  await query(templateUrl, await drift({ directory: import.meta.dirname, url: templateUrl }));
  const opened: TestDatabase[] = [];
  return {
    newDatabase: async () => {
      const name = newName();
      await query(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`);
      const database = openTestDatabase(urlOfDatabase(adminUrl, name));
      opened.push(database);
      return database;
    },
    stop: async () => {
      await Promise.all(opened.map((database) => database.close()));
      for (const { url } of opened) await dropDatabase(url);
      await dropDatabase(templateUrl);
    },
  };
}

function newName(): string {
  return `platform_${randomUUID().replaceAll('-', '')}`;
}

async function query(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
