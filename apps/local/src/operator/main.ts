import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '@civitas/platform/config';
import { createLogger } from '@civitas/platform/telemetry';
import { prismaDirectory, status } from '@civitas/postgres/migrations';
import { pino } from 'pino';
import { z } from 'zod';
import { environment, fail } from '../command-line.ts';
import { keepCompiledCode } from '../compiled-code.ts';
import { type DatabaseUrls, startDatabaseServer } from '../databases.ts';
import { LocalStartError } from '../local-start-error.ts';
import { loadSecrets } from '../secrets.ts';
import { type SubgraphName, subgraphNames } from '../subgraph-names.ts';
import { type Command, HELP, readCommand } from './arguments.ts';

// `npm run operator -- <command>`: what whoever runs the platform does without being signed in,
// whether or not the graph is running. `--help` lists the commands.

try {
  keepCompiledCode();
  const command = readCommand(process.argv.slice(2));
  const lines = command.name === 'help' ? [HELP] : await runOnDatabases(command);
  for (const line of lines) console.log(line);
} catch (error) {
  fail(error);
}

async function runOnDatabases(command: Command): Promise<readonly string[]> {
  const config = readConfig({ ...environment, ENCRYPTION_SECRET: z.string().min(32).optional() });
  const dataDirectory = join(config.CIVITAS_DATA, 'postgres');
  if (config.DATABASE_URL === undefined && !(await isThere(join(dataDirectory, 'PG_VERSION')))) {
    throw new LocalStartError(
      `There is no data in ${config.CIVITAS_DATA}; run \`npm start\` first, or set DATABASE_URL.`,
    );
  }
  const server = await startDatabaseServer({
    databaseUrl: config.DATABASE_URL,
    dataDirectory,
    shared: true,
  });
  try {
    await assertReady(server.urls, command);
    // Clients of databases take a while to load: not before it is known that there is something to do.
    const { runCommand } = await import('./run-command.ts');
    const secretsPath = join(config.CIVITAS_DATA, 'secrets.json');
    return await runCommand(command, {
      urls: server.urls,
      redisUrl: config.REDIS_URL,
      log: createLogger({ name: 'operator', level: 'error', destination: pino.destination(2) }),
      encryptionSecret: async () => {
        if (config.ENCRYPTION_SECRET !== undefined) return config.ENCRYPTION_SECRET;
        // Never made up here: nobody else would have it.
        if (await isThere(secretsPath)) return (await loadSecrets(secretsPath)).encryptionSecret;
        throw new LocalStartError("Set ENCRYPTION_SECRET to identity's: there is no secrets.json.");
      },
    });
  } finally {
    await server.stop();
  }
}

/**
 * Whoever asks a question or gives a role does not mean to migrate a database, or to make one.
 *
 * @throws MigrationError when the server cannot be reached; LocalStartError when this code does not fit.
 */
async function assertReady(urls: DatabaseUrls, command: Command): Promise<void> {
  for (const name of databasesOf(command)) {
    const { pending } = await status({ url: urls[name], directory: join(prismaDirectory, name) });
    if (pending.length === 0) continue;
    throw new LocalStartError(
      `The database of ${name} lacks ${pending.length} migrations; run \`npm run db:migrate\` first.`,
    );
  }
}

function databasesOf(command: Command): readonly SubgraphName[] {
  if (!('subgraph' in command)) return ['identity'];
  return command.subgraph ? [command.subgraph] : subgraphNames;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
