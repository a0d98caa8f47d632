import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real Redis server for one test file. */
export interface TestRedis {
  readonly url: string;
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
  const port = await freePort();
  let server = await launch(port, directory);
  const killOnExit = () => server.kill('SIGKILL');
  process.once('exit', killOnExit);
  const kill = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    restart: async () => {
      await kill();
      server = await launch(port, directory);
    },
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    stop: async () => {
      await kill();
      process.off('exit', killOnExit);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function launch(port: number, directory: string): Promise<ChildProcess> {
  const server = spawn(
    'redis-server',
    ['--bind', '127.0.0.1', '--port', String(port), '--dir', directory]
      // What matters to the tests is that a killed server loses nothing it has answered.
      .concat(['--appendonly', 'yes', '--save', '', '--daemonize', 'no']),
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('Ready to accept connections')) resolve();
    };
    server.stdout.on('data', read);
    server.stderr.on('data', read);
    server.once('error', (error) => {
      reject(
        new Error('redis-server cannot be run; install it (Debian: `redis-server`).', {
          cause: error,
        }),
      );
    });
    server.once('exit', () => reject(new Error(`redis-server ended at once:\n${output}`)));
  });
  return server;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No free port.');
  return address.port;
}
