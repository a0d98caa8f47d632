import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { LocalStartError } from '../local-start-error.ts';

export interface RedisServer {
  readonly url: string;
  stop(): Promise<void>;
}

interface RedisServerOptions {
  /** Of a server that is already there: none is started then. */
  readonly redisUrl: string | undefined;
  readonly directory: string;
  readonly password: string;
}

/**
 * Starts a `redis-server` on a free port of 127.0.0.1, or points to the given one.
 *
 * @throws LocalStartError when there is no such program.
 */
export async function startRedisServer(options: RedisServerOptions): Promise<RedisServer> {
  const { redisUrl, directory, password } = options;
  if (redisUrl !== undefined) return { url: redisUrl, stop: async () => undefined };
  await mkdir(directory, { recursive: true });
  const port = await freePort();
  const child = spawn('redis-server', ['-'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const settings = {
    bind: '127.0.0.1',
    port,
    dir: directory,
    // By standard input, because other users of the machine can read arguments.
    requirepass: password,
    appendonly: 'yes',
    save: '""',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`);
  child.stdin.on('error', () => undefined);
  child.stdin.end(lines.join(''));
  await ready(child);
  return {
    url: `redis://:${password}@127.0.0.1:${port}`,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function ready(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('Ready to accept connections')) resolve();
    });
    child.once('error', () => {
      const remedy = 'Debian: apt-get install redis-server; macOS: brew install redis';
      reject(new LocalStartError(`Many processes need redis-server, or REDIS_URL (${remedy}).`));
    });
    child.once('exit', () => reject(new LocalStartError(`redis-server ended at once: ${output}`)));
  });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No free port.');
  return address.port;
}
