import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import getPort from 'get-port';
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
 * Ends the server when our end of its standard input closes, which it does however we die: a Redis
 * that outlives its graph would hold the port and the file.
 */
const GUARD = 'redis-server "$1" & cat >/dev/null; kill $! 2>/dev/null; wait';

/**
 * Starts a `redis-server` on a free port of 127.0.0.1, or points to the given one.
 *
 * @throws LocalStartError when there is no such program.
 */
export async function startRedisServer(options: RedisServerOptions): Promise<RedisServer> {
  const { redisUrl, directory, password } = options;
  if (redisUrl !== undefined) return { url: redisUrl, stop: async () => undefined };
  if (spawnSync('redis-server', ['--version']).status !== 0) {
    const remedy = 'Debian: apt-get install redis-server; macOS: brew install redis';
    throw new LocalStartError(`Many processes need redis-server, or REDIS_URL (${remedy}).`);
  }
  await mkdir(directory, { recursive: true });
  const port = await getPort({ host: '127.0.0.1' });
  const path = join(directory, 'redis.conf');
  const settings = {
    bind: '127.0.0.1',
    port,
    dir: directory,
    requirepass: password,
    appendonly: 'yes',
    save: '""',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`);
  // A file, because other users of the machine can read arguments.
  await writeFile(path, lines.join(''), { mode: 0o600 });
  // In a group of its own: Ctrl-C at the terminal is for us, who stop the subgraphs first.
  const guard = spawn('sh', ['-c', GUARD, 'sh', path], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const ended = once(guard, 'exit');
  await ready(guard);
  return {
    url: `redis://:${password}@127.0.0.1:${port}`,
    stop: async () => {
      guard.stdin.end();
      await ended;
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
    child.once('exit', () => reject(new LocalStartError(`redis-server ended: ${output}`)));
  });
}
