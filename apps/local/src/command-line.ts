import { fileURLToPath } from 'node:url';
import { ConfigError, logLevel, readConfig } from '@civitas/platform/config';
import { telemetryShape } from '@civitas/platform/telemetry';
import { PostgresStartError } from '@civitas/postgres/embedded';
import { MigrationError } from '@civitas/postgres/migrations';
import { z } from 'zod';
import { HELP, readArguments } from './arguments.ts';
import { keepCompiledCode } from './compiled-code.ts';
import { CompositionError } from './composition-error.ts';
import { findPort } from './free-port.ts';
import { LocalStartError } from './local-start-error.ts';
import { createProgress } from './progress.ts';
import type { LocalGraph, OpenGraph, Prepared } from './start.ts';

/** Failures that a person can do something about: one line, no stack. */
const EXPECTED = [
  CompositionError,
  ConfigError,
  LocalStartError,
  MigrationError,
  PostgresStartError,
];

export const environment = {
  DATABASE_URL: z.url().optional(),
  REDIS_URL: z.url().optional(),
  /** Proxies in front of the gateway whose word on the client's address is taken, with commas. */
  TRUSTED_PROXIES: z.string().default(''),
  /** As identity reads them; see `.env.example`. */
  OPENID_PROVIDERS: z.string().optional(),
  SIGN_IN_RETURN_URLS: z.string().optional(),
  LOG_LEVEL: logLevel.default('info'),
  ...telemetryShape,
  CIVITAS_DATA: z.string().default(fileURLToPath(new URL('../../../.data', import.meta.url))),
};

export type LocalConfig = z.output<z.ZodObject<typeof environment>>;

/** One shape of the graph: a module, loaded once it is known that there is something to start. */
interface Shape {
  readonly openGraph: (prepared: Prepared, config: LocalConfig) => Promise<OpenGraph>;
}

/** Starts the graph in one shape for a person at a terminal. */
export async function runFromCommandLine(loadShape: () => Promise<Shape>): Promise<void> {
  const write = (text: string) => process.stdout.write(text);
  const startedAt = performance.now();
  try {
    const { help, ...args } = readArguments(process.argv.slice(2));
    if (help) return void write(HELP);
    const config = readConfig(environment);
    const port = await findPort(args.port);
    keepCompiledCode();
    const [{ startLocal }, { openGraph }] = await Promise.all([import('./start.ts'), loadShape()]);
    const interrupted = new AbortController();
    const interrupt = () =>
      interrupted.abort(new LocalStartError('It was stopped before it was ready.'));
    process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
    const graph = await startLocal({
      ...{ ...args, port },
      interrupted: interrupted.signal,
      dataDirectory: config.CIVITAS_DATA,
      databaseUrl: config.DATABASE_URL,
      progress: createProgress(write, process.stdout.isTTY),
      onDatabaseLost: () => fail(new LocalStartError('Postgres has ended unexpectedly.')),
      openGraph: (prepared) => openGraph(prepared, config),
    });
    // Before it is said to be ready: whoever reads that may stop it at once.
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    stopOnSignal(graph);
    write(
      `  ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n${graph.banner}`,
    );
  } catch (error) {
    fail(error);
  }
}

/** Says what went wrong and ends the process: one line for what a person can mend. */
export function fail(error: unknown): never {
  const expected = EXPECTED.some((type) => error instanceof type);
  console.error(expected ? `\ncivitas: ${(error as Error).message}` : error);
  process.exit(1);
}

function stopOnSignal(graph: LocalGraph): void {
  let stopping = false;
  const stop = () => {
    // npm passes the signal on while the terminal sends it too, so a second one is no hurry.
    if (stopping) return;
    stopping = true;
    graph.stop().then(() => process.exit(0), fail);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}
