import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { dropDatabase, urlOfDatabase } from '@civitas/postgres/migrations';
import pg from 'pg';
import type { TestPostgresAddress } from './test-postgres.ts';

/** A database of its own for one test file. */
export interface TestDatabase {
  readonly url: string;
  /** Ends every session in it and drops it. Optional: an embedded server is deleted whole. */
  drop(): Promise<void>;
}

/** How often a template in use is asked for again, 50 ms apart. */
const attempts = 100;

/**
 * Clones the template of a subgraph: migrated, empty, a fraction of a second.
 * @throws Error for a subgraph without a `prisma/<subgraph>/schema.prisma`, or whose migrations
 * failed.
 */
export async function cloneTemplate(
  { adminUrl, templates, failures }: TestPostgresAddress,
  subgraph: string,
): Promise<TestDatabase> {
  const template = templates[subgraph];
  if (!template) {
    if (failures[subgraph]) throw new Error(failures[subgraph]);
    const known = Object.keys(templates).join(', ') || 'none';
    throw new Error(`There is no template database for "${subgraph}"; there are: ${known}.`);
  }
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    return await cloneDatabase(client, { adminUrl, subgraph, template });
  } finally {
    await client.end();
  }
}

interface Clone {
  readonly adminUrl: string;
  readonly subgraph: string;
  /** The database to clone. */
  readonly template: string;
}

/** Clones any database that nobody is connected to, through a connection to another. */
export async function cloneDatabase(
  client: pg.Client,
  { adminUrl, subgraph, template }: Clone,
): Promise<TestDatabase> {
  const name = `test_${subgraph}_${randomUUID().replaceAll('-', '')}`;
  const [to, from] = [client.escapeIdentifier(name), client.escapeIdentifier(template)];
  await whenUnused(client, `CREATE DATABASE ${to} TEMPLATE ${from}`);
  const url = urlOfDatabase(adminUrl, name);
  return { url, drop: () => dropDatabase(url) };
}

/** Renames the database of a URL, through a connection to another. */
export async function renameDatabase(client: pg.Client, url: string, to: string): Promise<void> {
  const from = client.escapeIdentifier(new URL(url).pathname.slice(1));
  await whenUnused(client, `ALTER DATABASE ${from} RENAME TO ${client.escapeIdentifier(to)}`);
}

/** Postgres refuses (55006) while anybody is connected, e.g. another run's migrate. */
async function whenUnused(client: pg.Client, sql: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query(sql);
      return;
    } catch (error) {
      const inUse = error instanceof pg.DatabaseError && error.code === '55006';
      if (!inUse || attempt === attempts) throw error;
      await delay(50);
    }
  }
}
