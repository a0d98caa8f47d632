import { mkdir, rm, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createLogger } from '@civitas/platform/telemetry';
import { PostgresStartError, startEmbeddedPostgres } from '@civitas/postgres/embedded';
import { pino } from 'pino';
import type { StartArguments } from './arguments.ts';
import { banner } from './banner.ts';
import { migrateAll, startDatabaseServer } from './databases.ts';
import { findExamples } from './demo/examples.ts';
import { loadDemo } from './demo/load-demo.ts';
import { type InProcessGraph, startInProcessGraph } from './in-process-graph.ts';
import { LocalStartError } from './local-start-error.ts';
import { type Progress, progressBar } from './progress.ts';
import { loadSecrets } from './secrets.ts';
import { freshSupergraph } from './supergraph.ts';

/** A fresh cluster with five databases and the demo data, with room to work. */
const NEEDED_BYTES = 512 * 1024 ** 2;

interface StartOptions extends StartArguments {
  readonly dataDirectory: string;
  readonly databaseUrl: string | undefined;
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
  readonly progress: Progress;
  readonly onDatabaseLost: () => void;
}

export interface LocalGraph {
  readonly url: string;
  /** What to tell the person at the terminal. */
  readonly banner: string;
  stop(): Promise<void>;
}

/**
 * Starts everything in this process. When a step fails, what had started is stopped again.
 *
 * @throws LocalStartError, PostgresStartError, MigrationError, CompositionError with one line each.
 */
export async function startLocal(options: StartOptions): Promise<LocalGraph> {
  const { dataDirectory, databaseUrl, port, seed, progress } = options;
  await assertPortFree(port);
  if (options.reset) await progress.step('deleting .data', () => deleteData(dataDirectory));
  await mkdir(dataDirectory, { recursive: true });
  await assertRoom(dataDirectory);
  const secrets = await loadSecrets(join(dataDirectory, 'secrets.json'));
  const log = createLogger({
    name: 'civitas',
    level: options.logLevel,
    destination: pino.destination({ dest: join(dataDirectory, 'civitas.log'), sync: false }),
  });
  const server = await progress.step('starting Postgres', () =>
    startDatabaseServer({
      databaseUrl,
      dataDirectory: join(dataDirectory, 'postgres'),
      onUnexpectedExit: options.onDatabaseLost,
    }),
  );
  let graph: InProcessGraph | undefined;
  try {
    await progress.step('migrating five databases', () => migrateAll(server.urls));
    await progress.step('loading the demo data', (detail) =>
      loadDemo({
        databaseUrls: server.urls,
        seed,
        onProgress: (name, done, expected) => detail(`${name} ${progressBar(done, expected)}`),
      }),
    );
    const supergraphSdl = await progress.step('composing the supergraph', freshSupergraph);
    const examples = await findExamples(server.urls.identity);
    const started = await progress.step('starting subgraphs and gateway', async () => {
      graph = await startInProcessGraph({
        databaseUrls: server.urls,
        refreshSecret: secrets.refreshSecret,
        supergraphSdl,
        log,
        graphiql: {
          examples: (examples?.queries ?? []).map(({ query, variables }) => ({
            query,
            variables: JSON.stringify(variables, null, 2),
          })),
        },
      });
      return graph.gateway.listen({ port, host: '127.0.0.1' });
    });
    const url = started.url.replace('127.0.0.1', 'localhost');
    const { stop } = graph as unknown as InProcessGraph;
    return { url, banner: banner(url, examples), stop: () => stop().finally(() => server.stop()) };
  } catch (error) {
    await graph?.stop();
    await server.stop();
    throw error;
  }
}

async function assertPortFree(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const known = error.code === 'EADDRINUSE' || error.code === 'EACCES';
      const reason = error.code === 'EACCES' ? 'needs privileges' : 'is taken';
      reject(
        known
          ? new LocalStartError(`Port ${port} ${reason}; choose another: npm start -- --port 4001`)
          : error,
      );
    });
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()));
  });
}

async function assertRoom(directory: string): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize >= NEEDED_BYTES) return;
  const [left, needed] = [bavail * bsize, NEEDED_BYTES].map((bytes) => Math.round(bytes / 1e6));
  throw new LocalStartError(
    `The disk of ${directory} has ${left} MB left; ${needed} MB are needed.`,
  );
}

/** Stops a server that was left behind, if any; data that another process serves is not touched. */
async function deleteData(dataDirectory: string): Promise<void> {
  const postgres = join(dataDirectory, 'postgres');
  try {
    const server = await startEmbeddedPostgres({ dataDirectory: postgres });
    await server.stop();
  } catch (error) {
    // Damaged data is what somebody wants to delete.
    if (error instanceof PostgresStartError && error.reason === 'in-use') throw error;
  }
  await rm(dataDirectory, { recursive: true, force: true });
}
