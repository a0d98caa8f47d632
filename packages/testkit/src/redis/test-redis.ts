import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';

/** A real Redis server for one test file. */
export interface TestRedis {
  readonly url: string;
  /** Of the server that runs now. */
  readonly pid: number;
  /** Ends the server as a crash would (SIGKILL). What it acknowledged is in its append-only file. */
  kill(): Promise<void>;
  /** Starts the server again on the same port with what it had written. */
  restart(): Promise<void>;
  /** Freezes the server: connections stay open and get no answer. */
  pause(): void;
  resume(): void;
  /** Ends the server and deletes its data. */
  stop(): Promise<void>;
}

/**
 * Starts `redis-server` on a free port of 127.0.0.1 with an append-only file in a folder of its own.
 *
 * @throws Error when `redis-server` is not installed or does not come up; its output is the message.
 */
export async function startTestRedis(): Promise<TestRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'civitas-redis-'));
  const port = await getPort({ host: '127.0.0.1' });
  const forget = () => rm(directory, { recursive: true, force: true });
  let server = await launch(port, directory).catch(async (error: unknown) => {
    await forget();
    throw error;
  });
  const kill = () => server.kill();
  return {
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return server.pid;
    },
    kill,
    restart: async () => {
      await kill();
      server = await launch(port, directory);
    },
    pause: () => void process.kill(server.pid, 'SIGSTOP'),
    resume: () => void process.kill(server.pid, 'SIGCONT'),
    stop: async () => {
      await kill();
      await forget();
    },
  };
}

interface Server {
  readonly pid: number;
  kill(): Promise<void>;
}

/**
 * The shell ends the server when its standard input closes, which also happens when this process
 * is killed itself: no server is ever left behind.
 */
const GUARD = 'redis-server "$@" & echo "pid $!"; cat >/dev/null; kill -9 $! 2>/dev/null; wait';

async function launch(port: number, directory: string): Promise<Server> {
  // What matters to the tests is that a killed server loses nothing it has answered.
  const settings = ['--bind', '127.0.0.1', '--port', String(port), '--dir', directory].concat([
    '--appendonly',
    'yes',
    '--save',
    '',
  ]);
  const guard = spawn('sh', ['-c', GUARD, 'sh', ...settings], { stdio: 'pipe' });
  const ended = once(guard, 'exit');
  const kill = async () => {
    guard.stdin.end();
    await ended;
  };
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('Ready to accept connections')) resolve();
      // The shell's words for a command that is not there, and Redis's for a start that failed.
      else if (/not found|# Failed|Fatal|Can't/.test(output)) reject(new Error(explain(output)));
    };
    guard.stdout.on('data', read);
    guard.stderr.on('data', read);
    void ended.then(() => reject(new Error(explain(output))));
  }).catch(async (error: unknown) => {
    await kill();
    throw error;
  });
  return { pid: Number(/pid (\d+)/.exec(output)?.[1]), kill };
}

function explain(output: string): string {
  return output.includes('not found')
    ? 'redis-server is not installed (Debian: `apt-get install redis-server`).'
    : `redis-server did not start:\n${output}`;
}
