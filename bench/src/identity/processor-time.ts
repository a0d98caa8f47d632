import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second (USER_HZ). */
const TICK_MS = 10;

/** Milliseconds of processor, by who used them. */
export interface ProcessorTime {
  /** libuv's pool of the server, which hashes. */
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
  const pool = threads.filter(({ name }) => name.startsWith('libuv-worker'));
  const { user, system } = process.cpuUsage();
  return {
    hashing: sum(pool),
    server: sum(threads) - sum(pool),
    postgres: sum(descendantsOf(serverPid).filter(({ name }) => name === 'postgres')),
    load: (user + system) / 1000,
  };
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
