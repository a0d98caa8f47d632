import { readFile, realpath, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PostgresStartError } from './postgres-start-error.ts';
import { commandLineOf, identityOf } from './process-identity.ts';

/** A running Postgres of one data directory, however it was started. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** True once it accepts connections. */
  readonly ready: boolean;
  /** The process that started it, while that one lives. */
  readonly ownerPid: number | null;
}

/**
 * Who started a server is written on its own command line, as a setting Postgres ignores: there
 * is no second file that could be stale or missing in between.
 */
const ownerSetting = 'civitas.owner=';

/** The arguments that mark a server as started by this process. */
export async function ownerArguments(): Promise<readonly string[]> {
  return ['-c', `${ownerSetting}${await identityOf(process.pid)}`];
}

/**
 * Looks for the server of exactly this data directory. A pid file that names a process of another
 * kind (the pid was reused) counts as no server.
 */
export async function findPostmaster(dataDirectory: string): Promise<Postmaster | null> {
  // postmaster.pid (miscadmin.h): pid, data directory, start, port, socket, address, shm, status.
  const lines = (await readPidFile(dataDirectory)).split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  const words = await commandLineOf(pid);
  if (!words || !(await runs(words, dataDirectory))) return null;
  const owner = words.find((word) => word.startsWith(ownerSetting))?.slice(ownerSetting.length);
  const ownerPid = Number(owner?.split('-')[0]);
  const ownerLives = owner !== undefined && (await identityOf(ownerPid)) === owner;
  return {
    pid,
    port: Number(lines[3]),
    ready: lines[7]?.trim() === 'ready',
    ownerPid: ownerLives ? ownerPid : null,
  };
}

/**
 * Clears the way for a new server: refuses when a living process runs one here, stops an orphan
 * (its owner was killed), and removes a pid file that belongs to nobody.
 * @throws PostgresStartError `in-use`
 */
export async function clearTheWay(dataDirectory: string): Promise<void> {
  const found = await findPostmaster(dataDirectory);
  if (found?.ownerPid) {
    throw new PostgresStartError(
      'in-use',
      `The database in ${dataDirectory} is already in use by process ${found.ownerPid}; stop that one first.`,
    );
  }
  if (found) await stopProcess(found.pid, () => findPostmaster(dataDirectory).then(Boolean));
  await removeForeignPidFile(dataDirectory);
}

/** An empty pid file is being written, unless it is older than this. */
const pidFileWrittenWithinMs = 5_000;

/**
 * Postgres itself removes a pid file whose process is gone. It stops at one whose pid now belongs to
 * a process of another kind (or to a zombie), and at an empty one that a crash has left.
 */
async function removeForeignPidFile(dataDirectory: string): Promise<void> {
  const text = await readPidFile(dataDirectory);
  const pid = Number(text.split('\n')[0]);
  if (pid > 0) {
    const words = await commandLineOf(pid);
    if (words && (await runs(words, dataDirectory))) return;
  } else {
    const age = await stat(pidFile(dataDirectory))
      .then((file) => Date.now() - file.mtimeMs)
      .catch(() => 0);
    if (age < pidFileWrittenWithinMs) return;
  }
  // A server that is starting right now may have replaced the file meanwhile; that one must stay.
  if ((await readPidFile(dataDirectory)) !== text) return;
  await rm(pidFile(dataDirectory), { force: true });
}

const readPidFile = (dataDirectory: string) =>
  readFile(pidFile(dataDirectory), 'utf8').catch(() => '');

/** Fast shutdown, then immediate, then kill: signal and how long each may take, in ms. */
const stopSteps = [
  ['SIGINT', 10_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 2_000],
] as const;

/**
 * Stops a Postgres process, ever less politely. `SIGINT` is Postgres's "fast" shutdown: sessions are
 * ended, the data is checkpointed.
 * @param lives asked every 20 ms whether it is still there.
 */
export async function stopProcess(pid: number, lives: () => Promise<boolean>): Promise<void> {
  for (const [signal, patienceMs] of stopSteps) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    const deadline = performance.now() + patienceMs;
    while (performance.now() < deadline) {
      if (!(await lives())) return;
      await delay(20);
    }
  }
}

async function runs(words: readonly string[], dataDirectory: string): Promise<boolean> {
  const given = words[words.indexOf('-D') + 1];
  if (!words[0]?.endsWith('postgres') || given === undefined) return false;
  const [theirs, ours] = await Promise.all([real(given), real(dataDirectory)]);
  return theirs === ours;
}

const pidFile = (dataDirectory: string) => path.join(dataDirectory, 'postmaster.pid');
const real = (directory: string) => realpath(directory).catch(() => path.resolve(directory));
