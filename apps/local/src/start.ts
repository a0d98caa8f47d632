import { join } from 'node:path';
import { connectObjectStore } from '@civitas/platform/objects';
import type { StartArguments } from './arguments.ts';
import { banner } from './banner.ts';
import { deleteDataDirectory, objectsUrlIn, openDataDirectory } from './data-directory.ts';
import { type DatabaseUrls, migrateAll, startDatabaseServer } from './databases.ts';
import { describeLoading } from './demo/describe-loading.ts';
import { type Examples, findExamples } from './demo/examples.ts';
import { loadDemo } from './demo/load-demo.ts';
import type { Progress } from './progress.ts';
import { loadSecrets, type Secrets } from './secrets.ts';
import { freshSupergraph } from './supergraph.ts';

interface StartOptions extends Omit<StartArguments, 'help'> {
  readonly dataDirectory: string;
  readonly databaseUrl: string | undefined;
  readonly progress: Progress;
  readonly onDatabaseLost: () => void;
  /** Aborted when nobody wants it started any more, with the reason to throw. */
  readonly interrupted: AbortSignal;
  /** Starts subgraphs and gateway in one shape or the other. */
  readonly openGraph: (prepared: Prepared) => Promise<OpenGraph>;
}

/** What either shape starts from. */
export interface Prepared {
  readonly databaseUrls: DatabaseUrls;
  readonly secrets: Secrets;
  readonly supergraphSdl: string;
  readonly examples: Examples | null;
  readonly port: number;
  readonly dataDirectory: string;
}

export interface OpenGraph {
  /** Of the graph. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface LocalGraph extends OpenGraph {
  /** What to tell the person at the terminal. */
  readonly banner: string;
}

/**
 * Starts everything, step by step. When a step fails, or nobody wants it any more, what had started is
 * stopped again.
 *
 * @throws LocalStartError, PostgresStartError, MigrationError, CompositionError with one line each.
 */
export async function startLocal(options: StartOptions): Promise<LocalGraph> {
  const { dataDirectory, databaseUrl, port, seed, progress } = options;
  if (options.reset)
    await progress.step('deleting .data', () => deleteDataDirectory(dataDirectory));
  await openDataDirectory(dataDirectory, seed);
  const secrets = await loadSecrets(join(dataDirectory, 'secrets.json'));
  const server = await progress.step('starting Postgres', () =>
    startDatabaseServer({
      databaseUrl,
      dataDirectory: join(dataDirectory, 'postgres'),
      onUnexpectedExit: options.onDatabaseLost,
    }),
  );
  const databaseUrls = server.urls;
  const start = async (): Promise<LocalGraph> => {
    await progress.step('migrating five databases', () => migrateAll(databaseUrls));
    await progress.step('loading the demo data', (detail) => {
      const objects = connectObjectStore({ url: objectsUrlIn(dataDirectory) });
      return loadDemo({ databaseUrls, seed, objects, onProgress: describeLoading(detail) });
    });
    const supergraphSdl = await progress.step('composing the supergraph', freshSupergraph);
    const examples = await findExamples(databaseUrls.identity);
    const graph = await progress.step('starting subgraphs and gateway', () =>
      options.openGraph({ databaseUrls, secrets, supergraphSdl, examples, port, dataDirectory }),
    );
    const url = graph.url.replace('127.0.0.1', 'localhost');
    return {
      url,
      banner: banner(url, examples),
      stop: () => graph.stop().finally(() => server.stop()),
    };
  };
  try {
    return await unlessAborted(start(), options.interrupted);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** What the work comes to, or the signal's reason; what comes of the work after that is of no interest. */
function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  return Promise.race([aborted.promise, work]);
}
