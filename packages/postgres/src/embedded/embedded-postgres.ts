import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import getPort from 'get-port';
import { locateBinaries } from './binaries.ts';
import { clusterExists, createCluster } from './cluster.ts';
import { readCredentials, superuser, writeCredentials } from './credentials.ts';
import { PostgresStartError } from './postgres-start-error.ts';
import { clearTheWay, findPostmaster, stopProcess } from './postmaster.ts';
import { chooseAccount } from './server-account.ts';
import { launchServer } from './server-process.ts';

/** Where to reach a running embedded server. All URLs carry the password. */
export interface PostgresAddress {
  readonly port: number;
  /** URL of the maintenance database, for CREATE DATABASE and the like. */
  readonly adminUrl: string;
  /** URL of one database, existing or not. */
  urlFor(database: string): string;
}

/** A server this process has started and owns. */
export interface EmbeddedPostgres extends PostgresAddress {
  /** Ends all sessions, checkpoints and stops; ≤ 17 s in the worst case. Safe to call again. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Made when absent. Its parent may be shared; the directory itself is Postgres's alone. */
  readonly dataDirectory: string;
  /** Default: the one of the last start when it is free, else a free one. */
  readonly port?: number;
  /** False for test data: faster; the last commits are lost when Postgres is killed, all may be when the machine crashes. */
  readonly durable?: boolean;
  /** Every line of Postgres's log. */
  readonly onLog?: (line: string) => void;
  /** Called when the server ends although nobody stopped it. */
  readonly onUnexpectedExit?: () => void;
}

/**
 * Starts the Postgres of a data directory, and makes it first when there is none. It listens on
 * 127.0.0.1 only, on its own port, with a random password.
 *
 * A server that a killed process left behind is stopped first. The server is also stopped when this
 * process ends without `stop()`, though nobody waits for it then.
 * @throws PostgresStartError with a `reason` and one line for a person.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const dataDirectory = path.resolve(options.dataDirectory);
  const durable = options.durable ?? true;
  const [binaries, exists] = await Promise.all([locateBinaries(), clusterExists(dataDirectory)]);
  const account = await chooseAccount(dataDirectory);
  if (!exists) await createCluster({ dataDirectory, binaries, account, durable });
  const { password, port: lastPort } = await readCredentials(dataDirectory);
  await clearTheWay(dataDirectory);

  const onLog = options.onLog ?? (() => undefined);
  const launch = (port: number) =>
    launchServer({ postgres: binaries.postgres, dataDirectory, account, port, durable, onLog });
  const { child, port } = await launchOnSomePort(launch, options.port, lastPort);
  if (port !== lastPort) await writeCredentials(dataDirectory, { password, port }, account);
  return { ...addressOf(port, password), stop: own(child, options.onUnexpectedExit) };
}

/**
 * Finds a running, ready server of this data directory that another process owns, to use it as a
 * guest; `null` when there is none.
 * @throws PostgresStartError when its password cannot be read.
 */
export async function findEmbeddedPostgres(dataDirectory: string): Promise<PostgresAddress | null> {
  const postmaster = await findPostmaster(dataDirectory);
  if (!postmaster?.ready) return null;
  const { password } = await readCredentials(dataDirectory);
  return addressOf(postmaster.port, password);
}

function addressOf(port: number, password: string): PostgresAddress {
  const urlFor = (database: string) =>
    `postgresql://${superuser}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  return { port, adminUrl: urlFor('postgres'), urlFor };
}

/** Children of a killed postmaster hold its shared memory for a moment. */
const orphanedChildrenMs = 5_000;

async function launchOnSomePort(
  launch: (port: number) => Promise<ChildProcess>,
  wanted: number | undefined,
  lastPort: number,
): Promise<{ child: ChildProcess; port: number }> {
  const deadline = performance.now() + orphanedChildrenMs;
  let port = wanted ?? (lastPort || (await getPort({ host: '127.0.0.1' })));
  for (;;) {
    try {
      return { child: await launch(port), port };
    } catch (error) {
      if (!(error instanceof PostgresStartError) || performance.now() > deadline) throw error;
      if (error.reason === 'port-taken' && wanted === undefined)
        port = await getPort({ host: '127.0.0.1' });
      else if (error.message.includes('pre-existing shared memory')) await delay(100);
      else throw error;
    }
  }
}

/** Ties the server's life to ours, and answers how to end it. */
function own(child: ChildProcess, onUnexpectedExit?: () => void): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  const interrupt = () => child.kill('SIGINT');
  process.once('exit', interrupt);
  child.once('exit', () => {
    process.off('exit', interrupt);
    if (!stopped) onUnexpectedExit?.();
  });
  // A program that has nothing else to do may end without stop().
  child.unref();
  (child.stderr as { unref?: () => void } | null)?.unref?.();

  const lives = async () => child.exitCode === null && child.signalCode === null;
  return () => {
    stopped ??= (async () => {
      if (child.pid !== undefined && (await lives())) await stopProcess(child.pid, lives);
    })();
    return stopped;
  };
}
