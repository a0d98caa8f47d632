import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { explainFailure } from './explain-failure.ts';
import { findPostmaster, ownerArguments } from './postmaster.ts';
import { commandAs, type ServerAccount } from './server-account.ts';
import { settingArguments } from './server-settings.ts';

interface ServerProcessOptions {
  readonly postgres: string;
  readonly dataDirectory: string;
  readonly account: ServerAccount;
  readonly port: number;
  readonly durable: boolean;
  readonly onLog: (line: string) => void;
}

/** How many of its last lines are kept to explain an early end. */
const keptLines = 50;

/**
 * Starts Postgres and resolves once it accepts connections.
 *
 * It gets a process group of its own, because Ctrl-C in a terminal signals the whole group and
 * would stop the database before its users have drained.
 * @throws PostgresStartError when it ends before it is ready.
 */
export async function launchServer(options: ServerProcessOptions): Promise<ChildProcess> {
  const { dataDirectory, port, durable } = options;
  const command = await commandAs(
    options.account,
    options.postgres,
    // -D first: it is what later starts recognize the process by.
    [
      '-D',
      dataDirectory,
      '-p',
      `${port}`,
      ...(await ownerArguments()),
      ...settingArguments(durable),
    ],
    [dataDirectory],
  );
  const child = spawn(command.file, command.args, {
    ...command.options,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const log: string[] = [];
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (log.push(line) > keptLines) log.shift();
      options.onLog(line);
      if (line.includes('database system is ready to accept connections')) resolve();
    });
  });
  // 'close' comes after the last line was read, so the explanation is complete.
  const ended = once(child, 'close').then(
    () => Promise.reject(explainFailure(dataDirectory, log)),
    (error: Error) => Promise.reject(explainFailure(dataDirectory, [error.message])),
  );
  ended.catch(() => undefined);
  await Promise.race([ready, ended]);
  await Promise.race([untilNoted(child, dataDirectory), ended]);
  return child;
}

/** Guests look into its pid file, which says that it is ready a moment after its log. */
async function untilNoted(child: ChildProcess, dataDirectory: string): Promise<void> {
  while (child.exitCode === null && !(await findPostmaster(dataDirectory))?.ready) await delay(2);
}
