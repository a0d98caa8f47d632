import { fileURLToPath } from 'node:url';
import { ConfigError, logLevel, readConfig } from '@civitas/platform/config';
import { PostgresStartError } from '@civitas/postgres/embedded';
import { MigrationError } from '@civitas/postgres/migrations';
import { z } from 'zod';
import { readArguments } from './arguments.ts';
import { LocalStartError } from './local-start-error.ts';
import { createProgress } from './progress.ts';
import { type LocalGraph, startLocal } from './start.ts';
import { CompositionError } from './supergraph.ts';

/** Failures that a person can do something about: one line, no stack. */
const EXPECTED = [
  CompositionError,
  ConfigError,
  LocalStartError,
  MigrationError,
  PostgresStartError,
];

const write = (text: string) => process.stdout.write(text);

try {
  const config = readConfig({
    DATABASE_URL: z.url().optional(),
    LOG_LEVEL: logLevel.default('info'),
    CIVITAS_DATA: z.string().default(fileURLToPath(new URL('../../../.data', import.meta.url))),
  });
  const startedAt = performance.now();
  const graph = await startLocal({
    ...readArguments(process.argv.slice(2)),
    dataDirectory: config.CIVITAS_DATA,
    databaseUrl: config.DATABASE_URL,
    logLevel: config.LOG_LEVEL,
    progress: createProgress(write, process.stdout.isTTY),
    onDatabaseLost: () => fail(new LocalStartError('Postgres has ended; see .data/civitas.log.')),
  });
  write(`  ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n${graph.banner}`);
  stopOnSignal(graph);
} catch (error) {
  fail(error);
}

function stopOnSignal(graph: LocalGraph): void {
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= graph.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
    return stopping;
  };
  // npm passes the signal on while the terminal sends it too, so a second one is no hurry.
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

function fail(error: unknown): never {
  const expected = EXPECTED.some((type) => error instanceof type);
  console.error(expected ? `\ncivitas: ${(error as Error).message}` : error);
  process.exit(1);
}
