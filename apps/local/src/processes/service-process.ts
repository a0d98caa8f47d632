import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ListeningMessage } from '@civitas/platform/process';
import { compiledCodePath } from '../compiled-code.ts';
import { LocalStartError } from '../local-start-error.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** One service in a process of its own. */
export interface ServiceProcess {
  readonly name: string;
  readonly pid: number;
  /** Where it listens, in its own words. */
  readonly url: string;
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Starts it once more where it was, when its process has ended. */
  again(): Promise<ServiceProcess>;
  /** SIGTERM, so that it drains; SIGKILL after 15 s. */
  stop(): Promise<void>;
}

interface ServiceOptions {
  readonly name: string;
  /** The module to run, from the root of the repository. */
  readonly entry: string;
  /** Node's own, before the module. */
  readonly flags?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Every log line of the process. */
  readonly onLine: (line: string) => void;
}

const STOP_MS = 15_000;
/** How much of the output of a service that did not start is shown. */
const SHOWN_LINES = 20;

/**
 * Starts a service and waits until it listens.
 *
 * @throws LocalStartError with what it wrote when it ends before that.
 */
export async function startService(options: ServiceOptions): Promise<ServiceProcess> {
  const { name, entry, flags = [], environment, onLine } = options;
  const child = spawn(process.execPath, [...flags, entry], {
    cwd: root,
    // A group of its own: Ctrl-C at the terminal is for us, who then stop them in order.
    detached: true,
    // Over the channel it says when it listens, and notices when we are gone.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      NODE_COMPILE_CACHE: compiledCodePath,
      ...environment,
    },
  });
  const ended = once(child, 'exit').then(() => undefined);
  const url = await listening(child, name, onLine);
  const { port } = new URL(url);
  return {
    name,
    url,
    ended,
    pid: child.pid ?? 0,
    again: () => startService({ ...options, environment: { ...environment, PORT: port } }),
    stop: () => stop(child, ended),
  };
}

async function listening(
  child: ChildProcess,
  name: string,
  onLine: (line: string) => void,
): Promise<string> {
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      onLine(line);
      output.push(line);
      if (output.length > SHOWN_LINES) output.shift();
    });
  }
  return new Promise((resolve, reject) => {
    child.once('message', ({ listening: url }: ListeningMessage) => resolve(url));
    child.once('error', reject);
    child.once('exit', () => {
      reject(new LocalStartError(`${name} did not start:\n${output.join('\n')}`));
    });
  });
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(deadline);
}
