import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { LocalStartError } from '../local-start-error.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** One service in a process of its own. */
export interface ServiceProcess {
  readonly name: string;
  readonly pid: number;
  /** Where it listens, from its own log line. */
  readonly url: string;
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** SIGTERM, so that it drains; SIGKILL after 15 s. */
  stop(): Promise<void>;
}

interface ServiceOptions {
  readonly name: string;
  /** The module to run, from the root of the repository. */
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Every log line of the process. */
  readonly onLine: (line: string) => void;
}

const STOP_MS = 15_000;

/**
 * Starts a service and waits for its `listening` log line.
 *
 * @throws LocalStartError with what it wrote when it ends before that.
 */
export async function startService(options: ServiceOptions): Promise<ServiceProcess> {
  const { name, entry, environment, onLine } = options;
  const child = spawn(process.execPath, [entry], {
    cwd: root,
    // A group of its own: Ctrl-C at the terminal is for us, who then stop them in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...environment },
  });
  const ended = once(child, 'exit').then(() => undefined);
  const url = await listening(child, name, onLine);
  return { name, url, ended, pid: child.pid ?? 0, stop: () => stop(child, ended) };
}

async function listening(
  child: ChildProcess,
  name: string,
  onLine: (line: string) => void,
): Promise<string> {
  const early: string[] = [];
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        onLine(line);
        early.push(line);
        const url = urlOf(line);
        if (url !== null) resolve(url);
      });
    }
    child.once('error', reject);
    child.once('exit', () => {
      reject(new LocalStartError(`${name} did not start:\n${early.slice(-20).join('\n')}`));
    });
  });
}

function urlOf(line: string): string | null {
  if (!line.includes('"listening"')) return null;
  const { msg, url } = JSON.parse(line) as { msg?: string; url?: string };
  return msg === 'listening' && url !== undefined ? url : null;
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(deadline);
}
