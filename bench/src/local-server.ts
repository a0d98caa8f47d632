import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

export type Shape = 'one process' | 'many processes';

const entries: Readonly<Record<Shape, string>> = {
  'one process': 'apps/local/src/main.ts',
  'many processes': 'apps/local/src/processes/main.ts',
};

/** A graph as a newcomer starts it, on a data directory of its own. */
export interface LocalServer {
  readonly url: string;
  readonly pid: number;
  /** The body of the first example it prints: the Town query with ids of its demo data. */
  readonly town: string;
  /** From the start of the process to the line that says it is ready. */
  readonly startedInMs: number;
  /** Resident memory in MiB of the process and its Node children, Postgres and Redis apart. */
  residentMiB(): number;
  stop(): Promise<void>;
}

export async function startServer(
  shape: Shape,
  dataDirectory: string,
  port: number,
  environment: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Promise<LocalServer> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [entries[shape], '--port', String(port), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, CIVITAS_DATA: dataDirectory, LOG_LEVEL: 'warn', ...environment },
  });
  const { url, town } = await readBanner(child);
  return {
    url,
    pid: child.pid ?? 0,
    town,
    startedInMs: performance.now() - startedAt,
    residentMiB: () => residentMiB(child.pid ?? 0),
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function readBanner(child: ChildProcess): Promise<{ url: string; town: string }> {
  if (!child.stdout) throw new Error('The server has no output.');
  let text = '';
  for await (const line of createInterface({ input: child.stdout })) {
    text += `${line}\n`;
    if (!line.includes('Ctrl-C stops it')) continue;
    child.stdout.resume();
    const [, url = ''] = /is ready: (\S+)/.exec(text) ?? [];
    const [, town = ''] = /-d '(.*)'$/m.exec(text) ?? [];
    return { url, town };
  }
  throw new Error('The server ended before it was ready.');
}

function residentMiB(pid: number): number {
  const processes = execFileSync('ps', ['-eo', 'pid=,ppid=,rss=,comm='], { encoding: 'utf8' });
  const rows = processes
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/));
  const ours = rows.filter(
    ([id, parent, , command]) =>
      (Number(id) === pid || Number(parent) === pid) && /^(node|MainThread)/.test(command ?? ''),
  );
  return ours.reduce((total, [, , kilobytes]) => total + Number(kilobytes) / 1024, 0);
}
