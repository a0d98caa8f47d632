import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Linux counts processor time in hundredths of a second (USER_HZ). */
const TICK_MS = 10;
const IDLE_TIMEOUT_MS = 120_000;
const IDLE_MS_PER_SECOND = 40;

/** Milliseconds of processor, by who used them. */
export interface ProcessorTime {
  /** The server's worker threads, which hash. */
  readonly hashing: number;
  /** The rest of the server: gateway, subgraphs, V8's own threads. */
  readonly server: number;
  readonly postgres: number;
  /** The load, in this process. */
  readonly load: number;
}

/** What a server, its Postgres and this process have used so far. */
export function processorTime(serverPid: number): ProcessorTime {
  const threads = readdirSync(`/proc/${serverPid}/task`).map((id) =>
    statOf(`/proc/${serverPid}/task/${id}/stat`),
  );
  const sum = (stats: readonly Stat[]) => stats.reduce((total, { ms }) => total + ms, 0);
  const pool = threads.filter(({ name }) => name === 'WorkerThread');
  const { user, system } = process.cpuUsage();
  return {
    hashing: sum(pool),
    server: sum(threads) - sum(pool),
    postgres: sum(descendantsOf(serverPid).filter(({ name }) => name === 'postgres')),
    load: (user + system) / 1000,
  };
}

/**
 * Waits until a server does next to nothing: after its first start it is busy for half a minute with
 * putting the demo's texts into the object store.
 */
export async function untilIdle(serverPid: number): Promise<void> {
  const end = performance.now() + IDLE_TIMEOUT_MS;
  for (let before = busyMs(serverPid); performance.now() < end; ) {
    await pause(1000);
    const now = busyMs(serverPid);
    if (now - before <= IDLE_MS_PER_SECOND) return;
    before = now;
  }
  throw new Error('The server does not come to rest.');
}

function busyMs(pid: number): number {
  const { hashing, server, postgres } = processorTime(pid);
  return hashing + server + postgres;
}

interface Stat {
  readonly name: string;
  readonly parent: number;
  /** User and system time. */
  readonly ms: number;
}

/** See `proc_pid_stat(5)`; nothing of what has ended meanwhile. */
function statOf(path: string): Stat {
  try {
    const text = readFileSync(path, 'utf8');
    const fields = text.slice(text.lastIndexOf(') ') + 2).split(' ');
    const name = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'));
    const ms = (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    return { name, parent: Number(fields[1]), ms };
  } catch {
    return { name: '', parent: 0, ms: 0 };
  }
}

function descendantsOf(pid: number): Stat[] {
  const all = readdirSync('/proc').flatMap((id) =>
    /^\d+$/.test(id) ? [{ id: Number(id), ...statOf(`/proc/${id}/stat`) }] : [],
  );
  const below = (parent: number): typeof all =>
    all.filter((each) => each.parent === parent).flatMap((child) => [child, ...below(child.id)]);
  return below(pid);
}
