import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../local-server.ts';
import { measureDatabase } from './measure-database.ts';
import { measureGateway } from './measure-gateway.ts';
import { measureSearch } from './measure-search.ts';
import { type CivicBenchOptions, readOptions } from './read-options.ts';
import { openSubgraphs } from './subgraphs.ts';
import { openTown, type TownServer } from './town-server.ts';

const SOME_HANDLES = 'SELECT handle FROM "user" ORDER BY md5(id) LIMIT 5000';

/**
 * The four questions of the domain at a million profiles and ten million encounters, loaded into a
 * Postgres of their own and thrown away afterwards: in the database, and over HTTP through the gateway
 * of the one-process shape.
 */
export async function benchCivic(given: readonly string[]): Promise<void> {
  const options = readOptions(given);
  const { parts, keep, question } = options;
  const town = await openTown(keep, parts.join() === 'search');
  try {
    const people = await town.query('identity', SOME_HANDLES);
    const handles = people.map(({ handle }) => String(handle));
    if (parts.includes('database')) {
      await forgetKeys(town);
      const subgraphs = await openSubgraphs(town.urls);
      await measureDatabase(subgraphs, town.urls, handles, question).finally(subgraphs.stop);
    }
    if (parts.includes('search')) {
      await forgetKeys(town);
      const subgraphs = await openSubgraphs(town.urls);
      await measureSearch(subgraphs, town.urls, question).finally(subgraphs.stop);
    }
    if (parts.includes('gateway')) await throughTheGateway(town, handles, options);
  } finally {
    await town.stop();
  }
}

/** Every server has secrets of its own, with which it could not open those of another one. */
const forgetKeys = ({ query }: TownServer) => query('identity', 'DELETE FROM signing_key');

async function throughTheGateway(
  town: TownServer,
  handles: readonly string[],
  options: CivicBenchOptions,
) {
  await forgetKeys(town);
  const directory = await mkdtemp(join(tmpdir(), 'civitas-bench-'));
  const environment = { DATABASE_URL: town.adminUrl };
  try {
    const server = await startServer('one process', directory, 0, environment, ['--seed', 'none']);
    try {
      await measureGateway(server, handles, options);
    } catch (error) {
      console.error(await lastErrors(join(directory, 'civitas.log')));
      throw error;
    } finally {
      await server.stop();
    }
  } finally {
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
