import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startThrowawayPostgres } from '@civitas/postgres/embedded';
import { databaseNameOf, migrate, prismaDirectory } from '@civitas/postgres/migrations';
import pg from 'pg';
import { startServer } from '../local-server.ts';
import { loadTown } from './load-town.ts';
import { measureDatabase } from './measure-database.ts';
import { measureGateway } from './measure-gateway.ts';
import { POPULATION } from './population.ts';
import { openSubgraphs } from './subgraphs.ts';

const SOME_HANDLES = 'SELECT handle FROM "user" ORDER BY md5(id) LIMIT 5000';

/**
 * The four questions of the domain at a million profiles and ten million encounters, loaded into a
 * Postgres of their own and thrown away afterwards: in the database, and over HTTP through the gateway
 * of the one-process shape.
 */
export async function benchCivic(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'civitas-bench-'));
  const postgres = await startThrowawayPostgres();
  try {
    const urlOf = (name: string) => postgres.urlFor(databaseNameOf(name));
    const urls = {
      identity: urlOf('identity'),
      finance: urlOf('finance'),
      marketplace: urlOf('marketplace'),
    };
    for (const [name, url] of Object.entries(urls)) {
      await migrate({ url, directory: join(prismaDirectory, name) });
    }
    const { profiles, encounters, donations, orders } = POPULATION;
    const startedAt = performance.now();
    await loadTown(urls);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    console.log(
      `civic: ${profiles} profiles, ${encounters} encounters, ${donations} donations and ${orders} orders loaded in ${seconds} s`,
    );
    const people = await query(urls.identity, SOME_HANDLES);
    const handles = people.map(({ handle }) => String(handle));
    const subgraphs = await openSubgraphs(urls);
    await measureDatabase(subgraphs, urls, handles).finally(() => subgraphs.stop());
    // The server has secrets of its own, with which it could not open these.
    await query(urls.identity, 'DELETE FROM signing_key');
    const environment = { DATABASE_URL: postgres.adminUrl };
    const server = await startServer('one process', directory, 0, environment, ['--seed', 'none']);
    try {
      await measureGateway(server, handles);
    } catch (error) {
      console.error(await lastErrors(join(directory, 'civitas.log')));
      throw error;
    } finally {
      await server.stop();
    }
  } finally {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** What the server says of a request that failed; its answer says only that it did. */
async function lastErrors(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, 'utf8')).split('\n');
  return lines
    .filter((line) => /"level":(50|60|"error"|"fatal")/.test(line))
    .slice(-3)
    .join('\n');
}

async function query(connectionString: string, text: string) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return (await client.query(text).finally(() => client.end())).rows;
}
