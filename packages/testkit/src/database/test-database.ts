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
  const name = `test_${subgraph}_${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await create(client, name, template);
  } finally {
    await client.end();
  }
  const url = urlOfDatabase(adminUrl, name);
  return { url, drop: () => dropDatabase(url) };
}

/** Postgres refuses (55006) while anybody is connected to the template, e.g. another run's migrate. */
async function create(client: pg.Client, name: string, template: string): Promise<void> {
  const sql = `CREATE DATABASE ${client.escapeIdentifier(name)} TEMPLATE ${client.escapeIdentifier(template)}`;
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
