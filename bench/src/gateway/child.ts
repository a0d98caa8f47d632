import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A process under measurement. */
export interface Child {
  readonly url: string;
  /** Milliseconds of processor time it has used so far, user and system. */
  cpuMs(): number;
  residentMiB(): number;
  stop(): Promise<void>;
}

interface StartOptions {
  /** The processor it is pinned to, where `taskset` is there to do it. */
  readonly processor: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** For a process that does not print its URL itself: asked until it answers. */
  readonly url?: string;
}

/** Linux counts processor time in hundredths of a second (USER_HZ). */
const TICK_MS = 10;
const START_TIMEOUT_MS = 60_000;

/** Starts `node <args>` and waits for its line `ready <url>`, or for its given URL to answer. */
export async function startChild(args: readonly string[], options: StartOptions): Promise<Child> {
  const pinning = existsSync('/usr/bin/taskset')
    ? ['/usr/bin/taskset', '-c', String(options.processor)]
    : [];
  const [command = process.execPath, ...rest] = [...pinning, process.execPath, ...args];
  const child = spawn(command, rest, {
    cwd: options.cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      APOLLO_TELEMETRY_DISABLED: 'true',
      ...options.env,
    },
  });
  // A run that is interrupted leaves nothing behind.
  process.once('exit', () => child.kill('SIGKILL'));
  const url = await (options.url === undefined ? readyUrl(child) : answering(options.url, child));
  return {
    url,
    cpuMs: () => {
      const fields =
        readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    },
    residentMiB: () => {
      const [, kibibytes] =
        /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
      return Number(kibibytes) / 1024;
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function readyUrl(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('The process has no output.');
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = /^ready (\S+)/.exec(line) ?? [];
    if (url === undefined) continue;
    child.stdout.resume();
    return url;
  }
  throw new Error('The process ended before it was ready.');
}

async function answering(url: string, child: ChildProcess): Promise<string> {
  child.stdout?.resume();
  const end = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < end && child.exitCode === null) {
    const isUp = await fetch(`${url}?query={__typename}`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return url;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill('SIGKILL');
  throw new Error(`Nothing answers at ${url}.`);
}
